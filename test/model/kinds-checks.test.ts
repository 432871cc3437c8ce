import { expect } from "chai";
import { type Catalog, database, perEnvironment, queue, service } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";

/** Whatever an author may write without a compiler at hand. */
type Untyped = Record<string, Record<string, unknown>>;

/** The problems of a catalog like malai's with these entries, in production. */
const linesOf = (services: Untyped, changes: Record<string, unknown> = {}) => {
  const catalog = { ...(malai as Catalog), services: services as unknown as Catalog["services"] };
  const settings = settingsOf("prod", { services: {}, ...changes }, catalog);
  return check(makePlan(catalog, settings)).map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);
};

describe("The check of kinds of workloads", () => {
  it("[N1] wants a digest of an image that the catalog names, in production alone", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const named = (image: string, changes = {}) => linesOf({ a: { port: 3000, image } }, changes);
    expect(named("ghcr.io/shop/web:1.0")).to.deep.equal([
      "services.a.image: ghcr.io/shop/web:1.0 has no digest; write ghcr.io/shop/web:1.0@sha256:…, or run: npx ops promote, which writes the digests that were tested",
    ]);
    expect(named(`ghcr.io/shop/web:1.0@${digest}`)).to.deep.equal([]);
    expect(named("ghcr.io/shop/web:1.0", { images: { digests: { a: digest } } })).to.deep.equal([]);
    expect(named("ghcr.io/shop/web:1.0", { tier: "development" })).to.deep.equal([]);
  });

  it("[N2] asks for a value that each environment owes, with the command", () => {
    const services = { a: { port: 3000, environment: { REGION: perEnvironment } } };
    expect(linesOf(services)).to.deep.equal([
      "services.a.environment: REGION is not set; run: pulumi config set --path platform:services.a.environment.REGION …",
    ]);
    expect(linesOf(services, { services: { a: { environment: { REGION: "eu" } } } })).to.deep.equal([]);
  });

  it("[N2] finds a secret, a name that no shell takes, and one that comes from elsewhere, too", () => {
    const environment = { API_TOKEN: "x", "LOG-LEVEL": "info", DATABASE_URL: "postgres" };
    expect(linesOf({ a: { port: 3000, environment, uses: [database("a")] } })).to.deep.equal([
      "services.a.environment: API_TOKEN looks like a secret, and values of variables can be read by everybody; name it under `secrets`",
      'services.a.environment: "LOG-LEVEL" is not the name of a variable; write letters, digits and _, and no digit first',
      "services.a.environment: DATABASE_URL, which would be a variable of the entry's own, is already a variable of the platform; give it another name",
    ]);
  });

  it("[N2] lets an entry say otherwise what no component depends on, and nothing else", () => {
    const given = (environment: Record<string, string>) =>
      linesOf({ a: { port: 3000, environment, uses: [service("b")] }, b: { port: 3000 } });
    expect(given({ NODE_ENV: "staging", PORT: "8080", HOSTNAME: "0.0.0.0" })).to.deep.equal([]);
    expect(given({ SERVICE_VERSION: "7", B_URL: "x" })).to.deep.equal([
      "services.a.environment: SERVICE_VERSION, which would be a variable of the entry's own, is already a variable of the platform; give it another name",
      "services.a.environment: B_URL, which would be a variable of the entry's own, is already the URL of b; give it another name",
    ]);
  });

  it("[N3] refuses a caller of an entry without a port", () => {
    expect(
      linesOf({
        mailer: { kind: "worker" },
        report: { kind: "job", uses: [service("mailer")] },
        web: { port: 3000, uses: [service("report"), queue()] },
      }),
    ).to.deep.equal([
      "services.web.uses: report has no port that could be called; talk to it through the queue, or give it a port",
      "services.report.uses: mailer has no port that could be called; talk to it through the queue, or give it a port",
    ]);
  });

  it("[N3] reads schedules and time zones as Kubernetes does", () => {
    const schedule = (cron: string, timeZone?: string) =>
      linesOf({ a: { kind: "cronJob", schedule: cron, ...(timeZone && { timeZone }) } });
    for (const cron of ["*/5 * * * *", "0 3 * JUL MON-FRI", "@daily", "@every 1h30m", "0 0 ? * 0"]) {
      expect(schedule(cron, "Europe/Berlin"), cron).to.deep.equal([]);
    }
    for (const cron of ["0 3 * *", "61 * * * *", "0 0 3 * * *", "@reboot", "0 3 L * *", "0 0 * * 5#3", ""]) {
      const [line, ...more] = schedule(cron);
      expect(line, cron).to.match(/^services\.a\.schedule: ".*" is no schedule: .+; write minute, hour/);
      expect(more).to.deep.equal([]);
    }
    expect(schedule("@daily", "Europe/Atlantis")).to.deep.equal([
      'services.a.timeZone: "Europe/Atlantis" is no time zone; write a name of the IANA database: Europe/Berlin',
    ]);
  });

  it("[N3] refuses a workload named like another one's migrations, and a migration whose Job's name is too long", () => {
    const migration = { command: ["migrate"] };
    const long = "a".repeat(52);
    expect(
      linesOf({
        a: { port: 3000, migration },
        "a-migration": { port: 3000 },
        "a-migration-v1": { kind: "job" },
        [long]: { port: 3000, migration },
      }),
    ).to.deep.equal([
      "services.a: a-migration, the name of the identity of its migrations, is already the name of service a-migration; give the service another name",
      "services.a: a-migration-v1, the name of its migration to v1, is already the name of service a-migration-v1; give the service another name",
      `services.${long}.migration: ${long}-migration-v1, the name of its Job, has 65 letters, over the limit of 63; shorten the name of the service or that of the version`,
    ]);
  });

  it("[N3] refuses a job with the name of one of the platform's", () => {
    const services = {
      orders: { port: 3000, uses: [database("orders")] },
      "postgres-orders": { kind: "job" },
    };
    expect(linesOf(services)).to.deep.equal([
      "services.postgres-orders: postgres-orders is already the name of a Job that makes a login to Postgres; give the service another name",
    ]);
  });

  it("[N4] refuses a port that is there twice, and one of a sidecar's wherever it is", () => {
    expect(linesOf({ a: { port: 3000, ports: { "tcp-x": 3000 } } })).to.deep.equal([
      "services.a.ports: 3000 is there twice; give each port of a service a name and a number of its own",
    ]);
    const taken = (port: number) =>
      `${port} is a port of Istio's sidecar; let the service listen on a port outside 15000 to 15090`;
    const sidecars = { port: 15001, ports: { "http-admin": 15006 }, metrics: { port: 15090 } };
    expect(linesOf({ a: sidecars })).to.deep.equal([
      `services.a.port: ${taken(15001)}`,
      `services.a.ports: ${taken(15006)}`,
      `services.a.metrics.port: ${taken(15090)}`,
    ]);
  });

  it("[N5] lets a service have no probes, and refuses one that has no port to ask", () => {
    expect(linesOf({ a: { port: 3000, probes: "none" }, b: { kind: "worker" } })).to.deep.equal([]);
    expect(linesOf({ a: { kind: "worker", probes: { liveness: { tcp: true } } } })).to.deep.equal([
      'services.a.probes.liveness: a worker has no port to ask; name the probe\'s own port, or ask by a command: exec: ["…"]',
    ]);
    const asked = { liveness: { tcp: true, port: 9000 } };
    expect(linesOf({ a: { kind: "worker", probes: asked } })).to.deep.equal([]);
  });

  it("[N3] counts the connections of jobs and migrations to Postgres", () => {
    const services = {
      a: { port: 3000, uses: [database("a")], migration: { command: ["migrate"] } },
      b: { kind: "job", uses: [database("a", { pool: 7 })] },
    };
    // 20 to spare, 11 pods of ten, one migration of ten, one job of seven.
    expect(linesOf(services, { postgres: { maxConnections: 146 } })).to.deep.equal([
      "platform:postgres.maxConnections: 146 is less than the 147 connections of all services at their largest; write 147 or more, or lower the replicas or the pools of services with a database",
    ]);
    expect(linesOf(services, { postgres: { maxConnections: 147 } })).to.deep.equal([]);
  });
});
