import { createHash } from "node:crypto";
import { expect } from "chai";
import { quantity } from "../../../model/quantity";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../../support/render";

const text = (secret: unknown): Record<string, string> => (secret as { value: Record<string, string> }).value;

describe("Stores", () => {
  let prod: Rendered[];
  let dev: Rendered[];
  before(async () => {
    prod = await render(malai, settingsOf("prod"));
    dev = await render(malai, settingsOf("dev"));
  });
  const statefulSet = (name: string, resources = prod) => objectOf(resources, "StatefulSet", name).spec;
  const podOf = (name: string, resources = prod) => statefulSet(name, resources).template.spec;
  const envOf = (container: any, key: string) =>
    container.env.find(({ name }: { name: string }) => name === key);

  it("[C3] have a volume for each pod, of the size that the stack says", () => {
    const claims = prod
      .filter(({ inputs }) => inputs.kind === "PersistentVolumeClaim")
      .map(({ inputs }) => [inputs.metadata.name, inputs.spec.resources.requests.storage]);
    expect(Object.fromEntries(claims)).to.deep.include({
      "data-postgres-0": "50Gi",
      "archive-postgres-0": "100Gi",
      "data-redis-0": "5Gi",
      "data-rabbitmq-0": "10Gi",
      "data-rabbitmq-1": "10Gi",
      "data-rabbitmq-2": "10Gi",
    });
  });

  it("mount the program's own claims, by the names that a StatefulSet looks for", () => {
    for (const name of ["postgres", "redis", "rabbitmq", "prometheus"]) {
      const { volumeClaimTemplates, replicas } = statefulSet(name);
      for (let index = 0; index < replicas; index += 1) {
        const claim = objectOf(prod, "PersistentVolumeClaim", `data-${name}-${index}`);
        expect(volumeClaimTemplates[0].metadata.name).to.equal("data");
        expect(volumeClaimTemplates[0].spec, name).to.deep.equal(claim.spec);
      }
    }
  });

  it("run under Pod Security restricted with a read-only root file system, as the official image's user", () => {
    const users = { postgres: 70, redis: 999, rabbitmq: 100 };
    for (const [name, uid] of Object.entries(users)) {
      const { securityContext, containers, initContainers = [] } = podOf(name);
      expect(securityContext, name).to.include({ runAsNonRoot: true, runAsUser: uid });
      for (const container of [...containers, ...initContainers]) {
        expect(container.securityContext, container.name).to.include({ readOnlyRootFilesystem: true });
        expect(container.securityContext, container.name).to.not.have.property("runAsUser");
      }
    }
  });

  it("ask for space on the node's disk, and say how much they may take", () => {
    for (const name of ["postgres", "redis", "rabbitmq", "prometheus"]) {
      const { containers, initContainers = [] } = podOf(name);
      for (const { resources, name: container } of [...containers, ...initContainers]) {
        expect(resources.requests, container).to.include.keys("cpu", "memory", "ephemeral-storage");
        expect(resources.limits, container).to.include.keys("cpu", "memory", "ephemeral-storage");
      }
    }
  });

  it("[R38] are evicted by no log: the kubelet rotates it long before", () => {
    for (const resources of [prod, dev]) {
      for (const name of ["postgres", "redis", "rabbitmq", "prometheus"]) {
        const [{ resources: own }] = podOf(name, resources).containers;
        expect(own.limits["ephemeral-storage"], name).to.equal("2Gi");
        expect(own.requests["ephemeral-storage"], name).to.equal("64Mi");
      }
    }
  });

  it("[R38] RabbitMQ's crash dump fits into the folder that it is written to", () => {
    const { containers, volumes } = podOf("rabbitmq");
    const scratch = volumes.find(({ name }: { name: string }) => name === "scratch").emptyDir.sizeLimit;
    expect(scratch).to.equal("64Mi");
    expect(envOf(containers[0], "ERL_CRASH_DUMP_BYTES").value).to.equal(String(16 * 2 ** 20));
  });

  it("[O13] show certificates that one CA of the stack signed, in every environment", () => {
    for (const resources of [prod, dev]) {
      for (const app of ["postgres", "redis", "rabbitmq"]) {
        const request = resources.find(
          ({ type, name }) => type === "tls:index/certRequest:CertRequest" && name === `malai-${app}-tls`,
        );
        expect(request?.inputs.dnsNames.slice(0, 2), app).to.deep.equal([app, `${app}.malai`]);
        const secret = objectOf(resources, "Secret", `${app}-tls`);
        expect(text(secret.stringData), app).to.have.all.keys("ca.crt", "tls.crt", "tls.key");
      }
      expect(objectOf(resources, "ConfigMap", "stores-ca").data["ca.crt"]).to.equal("CERTIFICATE");
    }
  });

  it("[O13] are reached by URLs that say TLS", () => {
    const urlOf = (secret: string) => text(objectOf(dev, "Secret", secret).stringData).url;
    expect(urlOf("postgres-auth-service")).to.match(
      /^postgresql:\/\/auth_service:[^@]+@postgres:5432\/auth\?sslmode=verify-full&sslrootcert=\/etc\/platform\/ca\/ca\.crt$/,
    );
    expect(urlOf("redis")).to.match(/^rediss:\/\/:[^@]+@redis:6379$/);
    expect(urlOf("rabbitmq")).to.match(/^amqps:\/\/malai:[^@]+@rabbitmq:5671$/);
  });

  it("[O1] give each service with a database one login to its own database", () => {
    const jobs = prod.filter(({ inputs }) => inputs.kind === "Job");
    const logins = jobs.flatMap(({ inputs }) => {
      const database = envOf(inputs.spec.template.spec.containers[0], "DATABASE")?.value;
      const { username } = text(objectOf(prod, "Secret", inputs.metadata.name).stringData);
      return database ? [[username, database]] : [];
    });
    expect(logins).to.deep.equal([
      ["auth_service", "auth"],
      ["event_service", "events"],
      ["payment_service", "payment"],
    ]);
  });

  it("make logins only on the server whose certificate is the right one", () => {
    for (const { inputs } of prod.filter(({ inputs }) => inputs.kind === "Job")) {
      const [container] = inputs.spec.template.spec.containers;
      expect(envOf(container, "PGSSLMODE").value, inputs.metadata.name).to.equal("verify-full");
      expect(envOf(container, "PGSSLROOTCERT").value).to.equal("/etc/platform/ca/ca.crt");
    }
  });

  it("[O11] keep every password out of ConfigMaps, arguments and plain environment", () => {
    const objects = [...prod, ...dev]
      .map(({ inputs }) => inputs)
      .filter(({ kind }) => kind && kind !== "Secret");
    expect(JSON.stringify(objects)).to.not.contain("password-of-");
  });

  describe("Redis", () => {
    const configOf = (resources: Rendered[]) =>
      text(objectOf(resources, "Secret", "redis").stringData)["redis.conf"]?.split("\n");

    it("stays a cache: a password, an append-only file, and eviction below the memory limit", () => {
      expect(configOf(prod)).to.include.members([
        "requirepass password-of-malai-redis-password",
        "appendonly yes",
        "maxmemory-policy allkeys-lru",
      ]);
    });

    it("[R39] evicts before its fork, with every page written anew meanwhile, reaches the memory limit", () => {
      const setting = configOf(prod)?.find((line) => line.startsWith("maxmemory "));
      const maxMemory = Number(setting?.split(" ")[1]);
      const limit = quantity(podOf("redis").containers[0].resources.limits.memory);
      // Seen with Redis 7.0: a copy of 127 MB where 115 were in use.
      expect(2.1 * maxMemory).to.be.within(0.7 * limit, 0.9 * limit);
    });

    it("[O13] has no port without TLS", () => {
      expect(configOf(dev)).to.include.members(["port 0", "tls-port 6379"]);
    });
  });

  describe("RabbitMQ", () => {
    const configOf = (resources: Rendered[]): string[] =>
      objectOf(resources, "ConfigMap", "rabbitmq").data["20-platform.conf"].split("\n");

    it("has one user of its own with a salted hash, and a delivery limit on every queue", () => {
      const secret = text(objectOf(prod, "Secret", "rabbitmq").stringData);
      const definitions = JSON.parse(secret["definitions.json"] ?? "");
      const salt = Buffer.from([1, 2, 3, 4]);
      const hash = createHash("sha256").update(salt).update("password-of-malai-rabbitmq-password").digest();
      expect(definitions.users).to.have.length(1);
      expect(definitions.users[0]).to.include({
        name: "malai",
        password_hash: Buffer.concat([salt, hash]).toString("base64"),
      });
      expect(definitions.policies[0].definition).to.deep.equal({ "delivery-limit": 5 });
    });

    it("makes quorum queues of queues that do not say what they are", () => {
      const secret = text(objectOf(prod, "Secret", "rabbitmq").stringData);
      const [vhost] = JSON.parse(secret["definitions.json"] ?? "").vhosts;
      expect(vhost.default_queue_type).to.equal("quorum");
    });

    it("[O13] has no port for clients without TLS", () => {
      expect(configOf(dev)).to.include.members(["listeners.tcp = none", "listeners.ssl.default = 5671"]);
    });

    it("is three nodes in production that know each other and stop when cut off from the majority", () => {
      expect(statefulSet("rabbitmq").replicas).to.equal(3);
      expect(configOf(prod)).to.include.members([
        "cluster_formation.peer_discovery_backend = classic_config",
        "cluster_formation.classic_config.nodes.1 = rabbit@rabbitmq-0",
        "cluster_formation.classic_config.nodes.3 = rabbit@rabbitmq-2",
        "cluster_partition_handling = pause_minority",
      ]);
      const service = objectOf(prod, "Service", "rabbitmq-nodes").spec;
      expect(service).to.include({ clusterIP: "None", publishNotReadyAddresses: true });
    });

    it("in production has no two nodes on one machine, and loses one at a time", () => {
      const [rule] =
        podOf("rabbitmq").affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
      expect(rule).to.deep.equal({
        labelSelector: { matchLabels: { app: "rabbitmq" } },
        topologyKey: "kubernetes.io/hostname",
      });
      expect(objectOf(prod, "PodDisruptionBudget", "rabbitmq").spec.maxUnavailable).to.equal(1);
    });

    it("is one node in development, without a cluster's settings", () => {
      expect(statefulSet("rabbitmq", dev).replicas).to.equal(1);
      expect(configOf(dev).filter((line) => line.startsWith("cluster"))).to.deep.equal([]);
      expect(() => objectOf(dev, "PodDisruptionBudget", "rabbitmq")).to.throw("0 objects");
    });
  });
});
