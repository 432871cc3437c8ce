import { expect } from "chai";
import { type Catalog, database, definePlatform, path, service } from "../../components/catalog";
import { check } from "../../components/check";
import { makePlan } from "../../components/plan";
import { formatProblems } from "../../components/problems";
import { secretProblems } from "../../components/secrets";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";

/** The problems of a catalog like malai's with these services. */
const problemsOf = (services: Catalog["services"], changes: Record<string, unknown> = {}) =>
  check(makePlan({ ...malai, services }, settingsOf("prod", changes)));

const lines = (problems: ReturnType<typeof check>) =>
  problems.map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);

describe("check", () => {
  it("finds nothing in malai, in either environment", () => {
    for (const stack of ["dev", "prod"]) expect(check(makePlan(malai, settingsOf(stack)))).to.deep.equal([]);
  });

  it("[O12] prints a circular dependency as its path", () => {
    const problems = problemsOf({
      a: { port: 1, uses: [service("b")] },
      b: { port: 2, uses: [service("c")] },
      c: { port: 3, uses: [service("b")] },
    });
    expect(lines(problems)).to.deep.equal([
      "services.b.uses: circular dependency: b → c → b; let one of them talk to the other through the queue",
    ]);
  });

  it("[O12] names a service that does not exist and those that do", () => {
    const problems = problemsOf({ a: { port: 1, uses: [service("nobody")] }, b: { port: 2 } });
    expect(lines(problems)).to.deep.equal([
      'services.a.uses: there is no service "nobody"; write one of: a, b',
    ]);
  });

  it("finds two services on one port and two on one route", () => {
    const problems = problemsOf({
      a: { port: 80, routes: [path("/x/")] },
      b: { port: 80, routes: [path("/x/")] },
    });
    expect(lines(problems)).to.deep.equal([
      "services.b.port: 80 is already the port of a; give each service a port of its own",
      "services.b.routes: /x/ already leads to a; route each path to one service",
    ]);
  });

  it("[O6] refuses more replicas than the autoscaler may have", () => {
    const problems = problemsOf(
      { a: { port: 1 } },
      { services: {}, defaults: { scale: { min: 2, max: 12 } } },
    );
    expect(lines(problems)).to.deep.equal(["services.a.scale: max 12 is over the limit of 10; lower it"]);
  });

  it("[O12] refuses a limit below its request", () => {
    const resources = { requests: { cpu: "1", memory: "256Mi" }, limits: { cpu: "900m", memory: "1Gi" } };
    const problems = problemsOf({ a: { port: 1 } }, { services: {}, defaults: { resources } });
    expect(lines(problems)).to.deep.equal([
      "services.a.resources: the cpu limit 900m is below the request 1; raise the limit or lower the request",
    ]);
  });

  it("[O12] asks for a plain setting that no one has set, with the command", () => {
    const problems = problemsOf({ a: { port: 1, configuration: ["SMTP_HOST"] } }, { configuration: {} });
    expect(lines(problems)).to.deep.equal([
      "services.a.configuration: SMTP_HOST is not set; run: pulumi config set --path platform:configuration.SMTP_HOST …",
    ]);
  });

  it("[O13] asks for a missing secret with the command that sets it, unless secrets are generated", () => {
    expect(lines(secretProblems("malai", ["JWT_SECRET"], new Map(), false))).to.deep.equal([
      "malai:JWT_SECRET: is not set; run: pulumi config set --secret malai:JWT_SECRET",
    ]);
    expect(secretProblems("malai", ["JWT_SECRET"], new Map(), true)).to.deep.equal([]);
  });

  it("tells all problems at once, one line each", () => {
    const catalog = definePlatform({
      ...malai,
      services: { a: { port: 1, uses: [database("x")] }, b: { port: 1 } },
    });
    const problems = check(
      makePlan(catalog, settingsOf("prod", { services: {}, defaults: { scale: { max: 11 } } })),
    );
    expect(formatProblems("prod", problems).split("\n")).to.deep.equal([
      "3 problems in stack prod, nothing was changed:",
      "  services.b.port   1 is already the port of a; give each service a port of its own",
      "  services.a.scale  max 11 is over the limit of 10; lower it",
      "  services.b.scale  max 11 is over the limit of 10; lower it",
    ]);
  });
});
