import { expect } from "chai";
import { malai } from "../../platforms/malai";
import { type Manifest, manifestsOf, stacks } from "../support/manifests";
import { objectOf, type Rendered, render, settingsOf } from "../support/render";

const podsOf = (manifests: Manifest[]) =>
  manifests.filter(({ kind }) => ["Deployment", "StatefulSet", "Job"].includes(kind));

describe("Exporters", () => {
  let prod: Rendered[];
  before(async () => {
    prod = await render(malai, settingsOf("prod"));
  });
  const podOf = (app: string) => objectOf(prod, "Deployment", app).spec.template;
  const variable = (app: string, key: string) =>
    podOf(app).spec.containers[0].env.find(({ name }: { name: string }) => name === key);

  for (const stack of stacks) {
    // A pod is ready when each of its containers is, one without a probe while it runs: a container that only tells
    // metrics would take its server out of service whenever it crashes.
    it(`[R8] [R38] are in no pod of a server: each pod of ${stack} has one container`, async () => {
      const crowded = podsOf(await manifestsOf(stack)).flatMap(({ metadata, spec }) => {
        const { containers, initContainers = [] } = spec.template.spec;
        const lasting = [
          ...containers,
          ...initContainers.filter((one: any) => one.restartPolicy === "Always"),
        ];
        return lasting.length === 1 ? [] : [`${metadata.name}: ${lasting.map(({ name }) => name)}`];
      });
      expect(crowded).to.deep.equal([]);
    });
  }

  it("[R8] are Deployments of their own, on the ports of the table of workloads", () => {
    for (const [app, port] of [
      ["postgres-exporter", 9187],
      ["redis-exporter", 9121],
    ] as const) {
      const { replicas, template } = objectOf(prod, "Deployment", app).spec;
      expect(replicas, app).to.equal(1);
      expect(template.spec.containers[0].ports).to.deep.equal([{ name: "metrics", containerPort: port }]);
      expect(template.spec.serviceAccountName).to.equal(app);
    }
  });

  it("log in for themselves, not as the superuser or a service", () => {
    const passwordOf = (app: string, key: string) => variable(app, key).valueFrom.secretKeyRef;
    expect(passwordOf("postgres-exporter", "DATA_SOURCE_PASS")).to.deep.equal({
      name: "postgres-metrics",
      key: "password",
    });
    expect(variable("redis-exporter", "REDIS_USER").value).to.equal("metrics");
    expect(passwordOf("redis-exporter", "REDIS_PASSWORD")).to.deep.equal({
      name: "redis",
      key: "metrics-password",
    });
  });

  it("[O13] verify the server that they ask over the network", () => {
    expect(variable("postgres-exporter", "DATA_SOURCE_URI").value).to.equal(
      "postgres:5432/postgres?sslmode=verify-full&sslrootcert=/etc/platform/ca/ca.crt",
    );
    expect(variable("redis-exporter", "REDIS_ADDR").value).to.equal("rediss://redis:6379");
    expect(variable("redis-exporter", "REDIS_EXPORTER_TLS_CA_CERT_FILE").value).to.equal(
      "/etc/platform/ca/ca.crt",
    );
    for (const app of ["postgres-exporter", "redis-exporter"]) {
      expect(podOf(app).spec.volumes).to.deep.include({ name: "ca", configMap: { name: "stores-ca" } });
    }
  });

  it("[R40] roll alone when their password or the CA changes, and Postgres does not", () => {
    const own = (annotations: Record<string, string>) =>
      Object.keys(annotations).filter((key) => key.startsWith("platform/"));
    expect(own(podOf("postgres-exporter").metadata.annotations)).to.deep.equal([
      "platform/login",
      "platform/stores-ca",
    ]);
    const server = objectOf(prod, "StatefulSet", "postgres").spec.template.metadata.annotations;
    expect(own(server)).to.deep.equal(["platform/config"]);
  });
});
