import { expect } from "chai";
import { typeErrors } from "../support/type-errors";

/** What the compiler says of one entry. */
const errorsOf = (entry: string): string[] =>
  typeErrors(
    "test/platforms/of-a-test.ts",
    `import { definePlatform, path } from "../../model/catalog";
     import { malai } from "../../platforms/malai";
     definePlatform({ name: "x", host: "x.example", probes: malai.probes, services: { a: ${entry} } });`,
  );

const compile = (...entries: string[]) => {
  for (const entry of entries) expect(errorsOf(entry), entry).to.deep.equal([]);
};

const refuse = (...entries: string[]) => {
  for (const entry of entries) expect(errorsOf(entry), entry).to.have.length(1);
};

/** Each asks the compiler about whole programs, which takes it a second or two. */
describe("An entry of a catalog", () => {
  it("[N1] may name its image, command and arguments, and nothing of another type", () => {
    compile('{ port: 1, image: "ghcr.io/shop/web:1.0", command: ["serve"], args: ["--fast"] }');
    refuse('{ port: 1, image: { name: "web" } }', '{ port: 1, command: "serve" }');
  });

  it("[N2] may have variables with values of its own, which are texts", () => {
    compile('{ port: 1, environment: { LOG_LEVEL: "debug", REGION: null } }');
    refuse("{ port: 1, environment: { RETRIES: 3 } }");
  });

  it("[N3] of a worker or a job has nothing that takes a port", () => {
    compile('{ kind: "worker" }', '{ kind: "job", retries: 2 }', '{ kind: "cronJob", schedule: "@daily" }');
    refuse(
      '{ kind: "worker", port: 1 }',
      '{ kind: "worker", routes: [path("/x/")] }',
      '{ kind: "job", health: "/health" }',
    );
  });

  it("[N3] has a schedule as a cron job alone, and has to have it", () => {
    refuse('{ kind: "cronJob" }', '{ port: 1, schedule: "@daily" }', '{ kind: "job", schedule: "@daily" }');
  });

  it("[N3] has a migration with a command, and none as a job", () => {
    compile(
      '{ port: 1, migration: { command: ["migrate"] } }',
      '{ kind: "worker", migration: { command: ["m"] } }',
    );
    refuse("{ port: 1, migration: {} }", '{ kind: "job", migration: { command: ["migrate"] } }');
  });

  it("[N4] names each further port after its protocol", () => {
    compile('{ port: 1, ports: { "http-admin": 2, "grpc-api": 3, "tcp-raft": 4 } }');
    refuse("{ port: 1, ports: { admin: 2 } }", '{ port: 1, ports: { "http-admin": "2" } }');
  });

  it("[N4] of gRPC or TCP has a port, and no path at the front door", () => {
    compile('{ kind: "grpc", port: 1 }', '{ kind: "tcp", port: 1 }');
    refuse('{ kind: "grpc" }', '{ kind: "tcp" }', '{ kind: "grpc", port: 1, routes: [path("/x/")] }');
    refuse('{ kind: "udp", port: 1 }');
  });

  it("[N5] asks a probe one question", () => {
    const probes = (question: string) =>
      `{ port: 1, probes: { liveness: ${question}, readiness: ${question} } }`;
    compile(...['{ path: "/" }', '{ grpc: "" }', "{ tcp: true }", '{ exec: ["true"] }'].map(probes));
    compile('{ port: 1, probes: "none" }');
    for (const question of ["{}", '{ path: "/", grpc: "" }', '{ exec: ["true"], tcp: true }']) {
      expect(errorsOf(probes(question)), question).to.not.deep.equal([]);
    }
  });

  it("[N5] has metrics at a path, and a worker at a port that it names", () => {
    compile('{ port: 1, metrics: "none", health: "none" }', '{ port: 1, metrics: { path: "/stats" } }');
    compile('{ kind: "worker", metrics: { port: 9090 } }');
    refuse('{ port: 1, metrics: { path: "stats" } }', '{ kind: "worker", metrics: {} }');
  });
});
