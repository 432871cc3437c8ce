import { expect } from "chai";
import { type Catalog, database, perEnvironment, queue, service } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";

/** Whatever somebody writes who has no compiler at hand. */
type Untyped = Record<string, Record<string, unknown>>;

/** The problems of a catalog like malai's with these entries, in production. */
const linesOf = (services: Untyped, changes: Record<string, unknown> = {}) => {
  const catalog = { ...(malai as Catalog), services: services as unknown as Catalog["services"] };
  const settings = settingsOf("prod", { services: {}, ...changes }, catalog);
  return check(makePlan(catalog, settings)).map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);
};

describe("check, of kinds of workloads", () => {
  it("[N1] wants a digest of an image that the catalog names, in production alone", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const named = (image: string, changes = {}) => linesOf({ a: { port: 1, image } }, changes);
    expect(named("ghcr.io/shop/web:1.0")).to.deep.equal([
      "services.a.image: ghcr.io/shop/web:1.0 has no digest; write ghcr.io/shop/web:1.0@sha256:…, or run: npx ops promote, which writes the digests that were tested",
    ]);
    expect(named(`ghcr.io/shop/web:1.0@${digest}`)).to.deep.equal([]);
    expect(named("ghcr.io/shop/web:1.0", { images: { digests: { a: digest } } })).to.deep.equal([]);
    expect(named("ghcr.io/shop/web:1.0", { tier: "development" })).to.deep.equal([]);
  });

  it("[N1] refuses a command that runs nothing, wherever it is", () => {
    const empty =
      'the command is empty; name the program and its arguments: ["python", "-m", "report"], or leave it out';
    const exec = { exec: [] };
    expect(
      linesOf({
        a: {
          port: 1,
          command: [],
          migration: { command: [""] },
          probes: { liveness: exec, readiness: { path: "/" } },
        },
        b: { kind: "job", command: [] },
      }).filter((line) => line.includes("command is empty")),
    ).to.deep.equal([
      `services.a.command: ${empty}`,
      `services.b.command: ${empty}`,
      `services.a.migration.command: ${empty}`,
      `services.a.probes.liveness: ${empty}`,
    ]);
  });

  it("[N2] asks for a value that each environment owes, with the command", () => {
    const services = { a: { port: 1, environment: { REGION: perEnvironment } } };
    expect(linesOf(services)).to.deep.equal([
      "services.a.environment: REGION is not set; run: pulumi config set --path platform:services.a.environment.REGION …",
    ]);
    expect(linesOf(services, { services: { a: { environment: { REGION: "eu" } } } })).to.deep.equal([]);
  });

  it("[N2] finds a secret, a name that no shell takes, and one that comes from elsewhere, too", () => {
    const environment = { API_TOKEN: "x", "LOG-LEVEL": "info", DATABASE_URL: "postgres" };
    expect(linesOf({ a: { port: 1, environment, uses: [database("a")] } })).to.deep.equal([
      "services.a.environment: API_TOKEN looks like a secret, and values of variables can be read by everybody; name it under `secrets`",
      'services.a.environment: "LOG-LEVEL" is no name of a variable; write letters, digits and _',
      "services.a.environment: DATABASE_URL comes from elsewhere, too; name it once",
    ]);
  });

  it("[N3] refuses a worker with routes, and whoever would call what has no port", () => {
    expect(
      linesOf({
        mailer: { kind: "worker", routes: [{ path: "/x/", webSocket: false }] },
        report: { kind: "job", uses: [service("mailer")] },
        web: { port: 1, uses: [service("report"), queue()] },
      }),
    ).to.deep.equal([
      "services.web.uses: report has no port that could be called; talk to it through the queue, or give it a port",
      "services.report.uses: mailer has no port that could be called; talk to it through the queue, or give it a port",
      "services.mailer.routes: a worker has no port that requests could go to; remove them, or make it an HTTP service with a port",
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
    expect(linesOf({ ["a".repeat(53)]: { kind: "cronJob", schedule: "@daily" } })[0]).to.match(
      /the name of a cron job has 53 characters, over the limit of 52; shorten it$/,
    );
  });

  it("[N3] refuses a deadline of no time, and a service named like another one's migrations", () => {
    const migration = { command: ["migrate"], deadline: 0 };
    expect(
      linesOf({
        a: { port: 1, migration },
        "a-migration": { port: 1 },
        b: { kind: "job", deadline: 0.5 },
      }),
    ).to.deep.equal([
      "services.b.deadline: 0.5 is no number of seconds; write a whole number from 1 on",
      "services.a.migration.deadline: 0 is no number of seconds; write a whole number from 1 on",
      "services.a-migration: is the name of the migrations of a; give it another name",
    ]);
  });

  it("[N4] refuses ports that Kubernetes would, and one that is there twice", () => {
    const ports = { "http-a-long-admin": 2, "http-api": 3, "tcp-x": 1, "tcp-y": 70_000 };
    const name =
      "begin with http-, grpc- or tcp-, write lower-case letters, digits and hyphens, 15 characters at most, and not http-api or http-metrics";
    expect(linesOf({ a: { port: 1, ports } })).to.deep.equal([
      `services.a.ports: "http-a-long-admin" cannot be the name of a port; ${name}`,
      `services.a.ports: "http-api" cannot be the name of a port; ${name}`,
      "services.a.ports: 1 is there twice; give each port of a service a name and a number of its own",
      "services.a.ports: 70000 is no port; write a whole number from 1 to 65535",
    ]);
  });

  it("[N5] lets a service have no probes, and refuses one that has no port to ask", () => {
    expect(linesOf({ a: { port: 1, probes: "none" }, b: { kind: "worker" } })).to.deep.equal([]);
    expect(linesOf({ a: { kind: "worker", probes: { liveness: { tcp: true } } } })).to.deep.equal([
      'services.a.probes.liveness: a worker has no port to ask; name the probe\'s own port, or ask by a command: exec: ["…"]',
    ]);
    const asked = { liveness: { tcp: true, port: 9 } };
    expect(linesOf({ a: { kind: "worker", probes: asked } })).to.deep.equal([]);
  });

  it("[N3] counts the connections of jobs and migrations to Postgres", () => {
    const services = {
      a: { port: 1, uses: [database("a")], migration: { command: ["migrate"] } },
      b: { kind: "job", uses: [database("a", 7)] },
    };
    // 20 to spare, 11 pods of ten, one migration of ten, one job of seven.
    expect(linesOf(services, { postgres: { maxConnections: 146 } })).to.deep.equal([
      "platform:postgres.maxConnections: 146 is less than the 147 connections of all services at their largest; write 147 or more, or lower the replicas or the pools of services with a database",
    ]);
    expect(linesOf(services, { postgres: { maxConnections: 147 } })).to.deep.equal([]);
  });
});
