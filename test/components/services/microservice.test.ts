import { expect } from "chai";
import { dealcycle } from "../../../platforms/dealcycle";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../../support/render";

interface Variable {
  name: string;
  value?: string;
  valueFrom?: Record<string, unknown>;
}

describe("Microservice", () => {
  let resources: Rendered[];
  let crm: Rendered[];
  before(async () => {
    resources = await render(malai, settingsOf("prod"));
    crm = await render(dealcycle, settingsOf("dealcycle-prod"));
  });
  const deployment = (name: string, platform = resources) => objectOf(platform, "Deployment", name);
  const pod = (name: string, platform = resources) => deployment(name, platform).spec.template.spec;
  const container = (name: string, platform = resources) => pod(name, platform).containers[0];
  const variable = (name: string, key: string) =>
    container(name).env.find((variable: Variable) => variable.name === key);

  it("[O5] runs with the requests and limits of row O5", () => {
    expect(container("event-service").resources).to.deep.equal({
      requests: { cpu: "250m", memory: "256Mi", "ephemeral-storage": "64Mi" },
      limits: { cpu: "500m", memory: "512Mi", "ephemeral-storage": "256Mi" },
    });
  });

  it("[O5] probes liveness and readiness with the numbers of row O5", () => {
    const { livenessProbe, readinessProbe } = container("event-service");
    expect(livenessProbe).to.deep.equal({
      httpGet: { path: "/health/live", port: "http" },
      initialDelaySeconds: 30,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
    expect(readinessProbe).to.deep.equal({
      httpGet: { path: "/health/ready", port: "http" },
      initialDelaySeconds: 10,
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 3,
    });
  });

  it("[D2] probes liveness and readiness with the numbers of row D2", () => {
    const { livenessProbe, readinessProbe } = container("auth-service", crm);
    expect(livenessProbe).to.deep.equal({
      httpGet: { path: "/health", port: "http" },
      initialDelaySeconds: 30,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
    expect(readinessProbe).to.deep.equal({
      httpGet: { path: "/health/ready", port: "http" },
      initialDelaySeconds: 5,
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 3,
    });
  });

  it("[O5] reads DATABASE_URL from its own login's Secret", () => {
    expect(variable("event-service", "DATABASE_URL").valueFrom.secretKeyRef).to.deep.equal({
      name: "postgres-event-service",
      key: "url",
    });
    const secret = objectOf(resources, "Secret", "postgres-event-service");
    expect(secret.stringData.value.url).to.match(
      /^postgresql:\/\/event_service:[^@]+@postgres:5432\/events(\?|$)/,
    );
  });

  it("[R32] is told how many connections to its database it may open", () => {
    expect(variable("event-service", "DATABASE_POOL_SIZE").value).to.equal("10");
    expect(variable("api-gateway", "DATABASE_POOL_SIZE")).to.equal(undefined);
  });

  it("[O5] waits for the stores it uses, and for no other", () => {
    const waits = (name: string) =>
      deployment(name).spec.template.spec.initContainers.map(({ name }: { name: string }) => name);
    expect(waits("event-service")).to.deep.equal([
      "wait-for-postgres",
      "wait-for-redis",
      "wait-for-rabbitmq",
    ]);
    expect(waits("notification-service")).to.deep.equal(["wait-for-rabbitmq"]);
    expect(waits("api-gateway")).to.deep.equal([]);
  });

  it("[O5] labels pods with app and version, and never selects by version", () => {
    const { selector, template } = deployment("auth-service").spec;
    expect(template.metadata.labels).to.include({ app: "auth-service", version: "v1", track: "stable" });
    expect(selector.matchLabels).to.deep.equal({ app: "auth-service", track: "stable" });
  });

  it("[O6] is served on port 80 inside the cluster only", () => {
    const { spec } = objectOf(resources, "Service", "payment-service");
    expect(spec.type).to.equal("ClusterIP");
    expect(spec.ports).to.deep.equal([{ name: "http", port: 80, targetPort: "http" }]);
    expect(container("payment-service").ports).to.deep.equal([{ name: "http", containerPort: 4002 }]);
  });

  it("[D1] answers on its API port as well, keeps a client on its pod, and has a headless Service", () => {
    const { spec } = objectOf(crm, "Service", "leads-service");
    expect(spec.type).to.equal("ClusterIP");
    expect(spec.ports).to.deep.equal([
      { name: "http", port: 80, targetPort: "http" },
      { name: "http-api", port: 3002, targetPort: "http" },
    ]);
    expect(spec.sessionAffinity).to.equal("ClientIP");
    expect(spec.sessionAffinityConfig).to.deep.equal({ clientIP: { timeoutSeconds: 3600 } });
    expect(objectOf(crm, "Service", "leads-service-headless").spec).to.deep.equal({
      clusterIP: "None",
      selector: { app: "leads-service" },
      ports: [{ name: "http", port: 3002, targetPort: "http" }],
    });
  });

  it("has no API port, affinity or headless Service where the platform does not want them", () => {
    const services = resources.filter(({ inputs }) => inputs.kind === "Service");
    expect(services.filter(({ name }) => name.endsWith("-headless"))).to.deep.equal([]);
    expect(objectOf(resources, "Service", "auth-service").spec).to.not.have.property("sessionAffinity");
  });

  it("leaves the number of replicas to the autoscaler", () => {
    expect(deployment("auth-service").spec.replicas).to.equal(undefined);
  });

  it("[O1] gives each service exactly the secrets and edges it declares", () => {
    const variables = (name: string) =>
      container(name)
        .env.map(({ name }: { name: string }) => name)
        .filter((name: string) => /_URL$|SECRET|TOKEN|HOST/.test(name) && name !== "REQUIRED_SECRETS");
    expect(variables("auth-service")).to.have.members(["DATABASE_URL", "REDIS_URL", "JWT_SECRET"]);
    expect(variables("event-service")).to.have.members(["DATABASE_URL", "REDIS_URL", "RABBITMQ_URL"]);
    expect(variables("payment-service")).to.have.members(["DATABASE_URL", "OMISE_SECRET_KEY"]);
    expect(variables("notification-service")).to.have.members([
      "RABBITMQ_URL",
      "LINE_CHANNEL_ACCESS_TOKEN",
      "SMTP_HOST",
    ]);
    expect(variables("api-gateway")).to.have.members([
      "AUTH_SERVICE_URL",
      "EVENT_SERVICE_URL",
      "PAYMENT_SERVICE_URL",
      "NOTIFICATION_SERVICE_URL",
    ]);
  });

  it("[O1] listens on the ports of row O1", () => {
    const ports = Object.fromEntries(
      Object.keys(malai.services).map((name) => [name, container(name).ports[0].containerPort]),
    );
    expect(ports).to.deep.equal({
      "api-gateway": 3000,
      "auth-service": 4000,
      "event-service": 4001,
      "payment-service": 4002,
      "notification-service": 4003,
    });
  });

  it("runs under Pod Security restricted with a read-only root file system", () => {
    const { securityContext, automountServiceAccountToken } = deployment("auth-service").spec.template.spec;
    expect(securityContext).to.include({ runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001 });
    expect(securityContext.seccompProfile).to.deep.equal({ type: "RuntimeDefault" });
    expect(automountServiceAccountToken).to.equal(false);
    expect(container("auth-service").securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("[D2] is updated without losing capacity", () => {
    expect(deployment("auth-service", crm).spec.strategy).to.deep.equal({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  it("[O12] drains before it is told to end, and ends by itself before it is killed", () => {
    const seconds = (key: string) => Number(variable("auth-service", key).value);
    const { terminationGracePeriodSeconds } = pod("auth-service");
    const { sleep } = container("auth-service").lifecycle.preStop;
    expect(terminationGracePeriodSeconds).to.equal(30);
    expect(sleep).to.deep.equal({ seconds: 10 });
    expect([seconds("DRAIN_SECONDS"), seconds("GRACE_SECONDS")]).to.deep.equal([2, 19]);
    expect(sleep.seconds + seconds("GRACE_SECONDS")).to.be.below(terminationGracePeriodSeconds);
  });

  it("has an identity of its own, and no token of it in its pods", () => {
    expect(objectOf(resources, "ServiceAccount", "auth-service").automountServiceAccountToken).to.equal(
      false,
    );
    expect(pod("auth-service")).to.include({
      serviceAccountName: "auth-service",
      automountServiceAccountToken: false,
    });
  });

  it("loses one pod at a time to a drained node, and never keeps it from being drained", () => {
    expect(objectOf(resources, "PodDisruptionBudget", "auth-service").spec).to.deep.equal({
      maxUnavailable: 1,
      selector: { matchLabels: { app: "auth-service" } },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });

  it("[R41] spreads over zones and nodes, and waits for none: a zone may be gone, and nodes may name none", async () => {
    const keys = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];
    for (const tier of ["development", "production"]) {
      const all = await render(malai, settingsOf("prod", { tier }));
      const { spec } = objectOf(all, "Deployment", "auth-service").spec.template;
      const selected = { labelSelector: { matchLabels: { app: "auth-service" } } };
      const soft = {
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        nodeTaintsPolicy: "Honor",
        ...selected,
      };
      expect(spec.topologySpreadConstraints).to.deep.equal(
        keys.map((topologyKey) => ({ ...soft, topologyKey })),
      );
      const { podAntiAffinity, ...others } = spec.affinity;
      expect(others).to.deep.equal({});
      expect(podAntiAffinity).to.deep.equal({
        preferredDuringSchedulingIgnoredDuringExecution: keys.map((topologyKey, index) => ({
          weight: [100, 50][index],
          podAffinityTerm: { ...selected, topologyKey },
        })),
      });
    }
  });

  it("gives way to the data stores", () => {
    const { priorityClassName } = pod("auth-service");
    expect(priorityClassName).to.equal("malai-services-500000-nonpreempting");
  });

  it("[O11] trusts the CA of its stores, and only where it has one", () => {
    expect(variable("auth-service", "NODE_EXTRA_CA_CERTS").value).to.equal("/etc/platform/ca/ca.crt");
    expect(container("auth-service").volumeMounts).to.deep.include({
      name: "stores-ca",
      mountPath: "/etc/platform/ca",
      readOnly: true,
    });
    expect(variable("api-gateway", "NODE_EXTRA_CA_CERTS")).to.equal(undefined);
  });

  it("[N6] is told of the stores' CA in the variables of every language, and of none without a store", () => {
    const trust = (name: string) =>
      Object.fromEntries(
        container(name)
          .env.filter(({ name }: Variable) => /CERT|^PGSSL/.test(name))
          .map(({ name, value }: Variable) => [name, value]),
      );
    const everywhere = {
      NODE_EXTRA_CA_CERTS: "/etc/platform/ca/ca.crt",
      SSL_CERT_FILE: "/etc/platform/ca/bundle.crt",
    };
    expect(trust("event-service")).to.deep.equal({
      ...everywhere,
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: "/etc/platform/ca/ca.crt",
    });
    expect(trust("notification-service")).to.deep.equal(everywhere);
    expect(trust("api-gateway")).to.deep.equal({});
  });

  describe("with a release", () => {
    let canaried: Rendered[];
    before(async () => {
      const services = { "event-service": { release: { version: "v2", tag: "2.0.0" } } };
      canaried = await render(malai, settingsOf("prod", { services }));
    });

    it("[O10] runs its second version beside the first, told apart by their version labels", () => {
      const { metadata, spec } = deployment("event-service-v2", canaried);
      expect(metadata.labels.app).to.equal("event-service");
      expect(spec.selector.matchLabels).to.deep.equal({ app: "event-service", track: "canary" });
      expect(spec.template.metadata.labels).to.include({
        app: "event-service",
        version: "v2",
        track: "canary",
      });
      expect(container("event-service-v2", canaried).image).to.equal("docker.io/malai/event-service:2.0.0");
      expect(container("event-service-v2", canaried).env).to.deep.include({
        name: "SERVICE_VERSION",
        value: "v2",
      });
    });

    it("changes nothing of the first version", () => {
      expect(deployment("event-service", canaried)).to.deep.equal(deployment("event-service"));
    });

    it("serves both by one Service, and scales each by itself", () => {
      expect(objectOf(canaried, "Service", "event-service").spec.selector).to.deep.equal({
        app: "event-service",
      });
      const [one, other] = ["event-service", "event-service-v2"].map(
        (name) => objectOf(canaried, "HorizontalPodAutoscaler", name).spec,
      );
      expect(other.scaleTargetRef.name).to.equal("event-service-v2");
      expect({ ...other, scaleTargetRef: one.scaleTargetRef }).to.deep.equal(one);
    });

    it("[O9] leaves it to the release whether the new version comes up, which has a way back", () => {
      const { annotations } = deployment("event-service-v2", canaried).metadata;
      expect(annotations).to.deep.equal({ "pulumi.com/skipAwait": "true" });
    });
  });
});
