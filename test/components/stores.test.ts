import { createHash } from "node:crypto";
import { expect } from "chai";
import { malai } from "../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../support/render";

const text = (secret: unknown): Record<string, string> => (secret as { value: Record<string, string> }).value;

describe("Stores", () => {
  let resources: Rendered[];
  before(async () => {
    resources = await render(malai, settingsOf("prod"));
  });
  const statefulSet = (name: string) => objectOf(resources, "StatefulSet", name);

  it("[C3] are one StatefulSet each, with a volume of the size that the stack says", () => {
    const sizes = ["postgres", "redis", "rabbitmq"].map(
      (name) => statefulSet(name).spec.volumeClaimTemplates[0].spec.resources.requests.storage,
    );
    expect(sizes).to.deep.equal(["50Gi", "5Gi", "10Gi"]);
  });

  it("run under Pod Security restricted with a read-only root file system, as the official image's user", () => {
    const users = { postgres: 70, redis: 999, rabbitmq: 100 };
    for (const [name, uid] of Object.entries(users)) {
      const { securityContext, containers } = statefulSet(name).spec.template.spec;
      expect(securityContext, name).to.include({ runAsNonRoot: true, runAsUser: uid });
      expect(containers[0].securityContext, name).to.include({ readOnlyRootFilesystem: true });
    }
  });

  it("[O1] give each service with a database one login to its own database", () => {
    const jobs = resources.filter(({ inputs }) => inputs.kind === "Job");
    const logins = jobs.map(({ inputs }) => {
      const env: { name: string; value: string }[] = inputs.spec.template.spec.containers[0].env;
      const value = (key: string) => env.find(({ name }) => name === key)?.value;
      return [value("LOGIN"), value("DATABASE")];
    });
    expect(logins).to.deep.equal([
      ["auth_service", "auth"],
      ["event_service", "events"],
      ["payment_service", "payment"],
    ]);
  });

  it("keep Redis a cache: a password, an append-only file, and eviction below the memory limit", () => {
    const config = text(objectOf(resources, "Secret", "redis").stringData)["redis.conf"];
    expect(config?.split("\n")).to.include.members([
      "requirepass password-of-malai-redis-password",
      "appendonly yes",
      "maxmemory-policy allkeys-lru",
      `maxmemory ${0.75 * 256 * 2 ** 20}`,
    ]);
  });

  it("give RabbitMQ one user of its own with a salted hash, and a delivery limit on every queue", () => {
    const secret = text(objectOf(resources, "Secret", "rabbitmq").stringData);
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

  it("[O11] keep every password out of ConfigMaps, arguments and plain environment", () => {
    const objects = resources.filter(({ inputs }) => inputs.kind && inputs.kind !== "Secret");
    expect(JSON.stringify(objects)).to.not.contain("password-of-");
  });
});
