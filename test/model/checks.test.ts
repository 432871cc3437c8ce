import { expect } from "chai";
import { type Catalog, database, external, path, perEnvironment, service } from "../../model/catalog";
import { check } from "../../model/checks";
import { secretProblems } from "../../model/checks/secrets";
import { volumeProblems } from "../../model/checks/volumes";
import { makePlan } from "../../model/make-plan";
import type { Plan } from "../../model/plan";
import { formatProblems, type Problem } from "../../model/problems";
import { catalogs } from "../../platforms";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";

/** The problems of a catalog like malai's with these services, in production. */
const problemsOf = (services: Catalog["services"], changes: Record<string, unknown> = {}) =>
  check(planWith(services, changes));

const planWith = (
  services: Catalog["services"],
  changes: Record<string, unknown> = {},
  catalog: Partial<Catalog> = {},
) =>
  makePlan({ ...(malai as Catalog), ...catalog, services }, settingsOf("prod", { services: {}, ...changes }));

const lines = (problems: Problem[]) =>
  problems.map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);

describe("The check of a plan", () => {
  for (const stack of ["dev", "prod", "dealcycle-dev", "dealcycle-prod"]) {
    it(`finds nothing in stack ${stack}`, () => {
      const settings = settingsOf(stack);
      expect(check(makePlan(catalogs[settings.catalog] as Catalog, settings))).to.deep.equal([]);
    });
  }

  describe("The check of services", () => {
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
      const problems = problemsOf({ a: { port: 1, uses: [service("ghost")] }, b: { port: 2 } });
      expect(lines(problems)).to.deep.equal([
        'services.a.uses: there is no service "ghost"; write one of: a, b',
      ]);
    });

    it("asks for names of what is outside the cluster", () => {
      const problems = problemsOf({
        a: { port: 1, uses: [external("203.0.113.7"), external("example.com")] },
      });
      expect(lines(problems)).to.deep.equal([
        'services.a.uses: "203.0.113.7" is not a host name; name a host, or the plain setting that holds one: external("api.example.com")',
      ]);
    });

    it("[N4] finds two services on one route, and lets them have the same port", () => {
      const problems = problemsOf({
        a: { port: 80, routes: [path("/x/")] },
        b: { port: 80, routes: [path("/x/")] },
      });
      expect(lines(problems)).to.deep.equal([
        "services.b.routes: /x/ already leads to a; route each path to one service",
      ]);
    });
  });

  describe("The check of workloads", () => {
    it("[O12] finds a missing probe", () => {
      const { liveness } = malai.probes;
      const problems = problemsOf({ a: { port: 1, probes: { liveness } as Catalog["probes"] } });
      expect(lines(problems)).to.deep.equal([
        'services.a.probes: the readiness probe is missing; give the platform or the service one: readiness: { path: "/health/…", … }',
      ]);
    });

    it("[O12] refuses a shutdown that is no graceful one", () => {
      const shutdown = { drain: 30, grace: 30 };
      expect(lines(check(planWith({ a: { port: 1 } }, {}, { shutdown })))).to.deep.equal([
        "shutdown: a drain of 30 s does not fit into a grace period of 30 s; drain for some seconds, and give more than that until the pod is killed",
      ]);
    });

    it("refuses node ports on a Service that has none", () => {
      const problems = problemsOf(
        { a: { port: 1 } },
        { frontDoor: { nodePorts: { http: 30000, https: 30001 } } },
      );
      expect(lines(problems)).to.deep.equal([
        "platform:frontDoor.nodePorts: type is LoadBalancer; set type to NodePort or remove them",
      ]);
    });
  });

  describe("The check of capacity", () => {
    it("[O6] refuses more replicas than the autoscaler may have", () => {
      const problems = problemsOf({ a: { port: 1 } }, { defaults: { replicas: { min: 2, max: 12 } } });
      expect(lines(problems)).to.deep.equal([
        "services.a.replicas: max 12 is over the limit of 10; lower it, or raise platform:defaults.replicaLimit",
      ]);
    });

    it("[O6] refuses a lower bound above the upper one", () => {
      const problems = problemsOf({ a: { port: 1 } }, { defaults: { replicas: { min: 5, max: 4 } } });
      expect(lines(problems)).to.deep.equal(["services.a.replicas: min 5 is over max 4; lower it"]);
    });

    it("[O12] refuses a limit below its request", () => {
      const resources = { requests: { cpu: "1", memory: "256Mi" }, limits: { cpu: "900m", memory: "1Gi" } };
      const problems = problemsOf({ a: { port: 1 } }, { defaults: { resources } });
      expect(lines(problems)).to.deep.equal([
        "services.a.resources: the cpu limit 900m is below the request 1; raise the limit or lower the request",
      ]);
    });
  });

  it("refuses fewer database connections than the services open at their largest", () => {
    const services = { a: { port: 1, uses: [database("a")] }, b: { port: 2, uses: [database("b")] } };
    const problems = problemsOf(services, { postgres: { maxConnections: 239 } });
    expect(lines(problems)).to.deep.equal([
      "platform:postgres.maxConnections: 239 is less than the 240 connections of all services at their largest; write 240 or more, or lower the replicas or the pools of services with a database",
    ]);
    expect(problemsOf(services, { postgres: { maxConnections: 240 } })).to.deep.equal([]);
  });

  it("[R32] counts the pool that a service declares", () => {
    const services = { a: { port: 1, uses: [database("a", { pool: 35 })] } };
    expect(lines(problemsOf(services, { postgres: { maxConnections: 404 } }))).to.deep.equal([
      "platform:postgres.maxConnections: 404 is less than the 405 connections of all services at their largest; write 405 or more, or lower the replicas or the pools of services with a database",
    ]);
    expect(problemsOf(services, { postgres: { maxConnections: 405 } })).to.deep.equal([]);
  });

  describe("The check of configuration", () => {
    it("[O12] asks for a plain setting that no one has set, with the command", () => {
      const configuration = { SMTP_HOST: perEnvironment };
      const plan = planWith(
        { a: { port: 1, configuration: ["SMTP_HOST"] } },
        { configuration: {} },
        { configuration },
      );
      expect(lines(check(plan))).to.deep.equal([
        "services.a.configuration: SMTP_HOST is not set; run: pulumi config set --path platform:configuration.SMTP_HOST …",
      ]);
    });

    it("[O12] finds a secret among the plain settings, by its name or by its value", () => {
      const configuration = {
        API_TOKEN: "x",
        UPSTREAM: "https://user:hunter2@example.com",
        TOKENIZER: "fast",
      };
      const plan = planWith({ a: { port: 1 } }, { configuration: {} }, { configuration });
      expect(lines(check(plan))).to.deep.equal(
        ["API_TOKEN", "UPSTREAM"].map(
          (key) =>
            `platform:configuration.${key}: looks like a secret, and plain settings can be read by everybody; ` +
            `name it under \`secrets\` of its service, and run: pulumi config set --secret malai:${key}`,
        ),
      );
    });

    it("[O13] asks for a missing secret with the command that sets it, unless secrets are generated", () => {
      expect(lines(secretProblems("malai", ["JWT_SECRET"], new Map(), false))).to.deep.equal([
        "malai:JWT_SECRET: is not set; run: pulumi config set --secret malai:JWT_SECRET",
      ]);
      expect(secretProblems("malai", ["JWT_SECRET"], new Map(), true)).to.deep.equal([]);
    });

    it("[R13] refuses an empty secret, whether secrets are generated or not", () => {
      const configured = new Map([["JWT_SECRET", { encrypted: true, empty: true }]]);
      for (const generate of [true, false]) {
        expect(lines(secretProblems("malai", ["JWT_SECRET"], configured, generate))).to.deep.equal([
          "malai:JWT_SECRET: is empty; run: pulumi config set --secret malai:JWT_SECRET",
        ]);
      }
    });

    it("[O13] refuses a secret that is plain text in the stack's file", () => {
      const configured = new Map([["JWT_SECRET", { encrypted: false, empty: false }]]);
      expect(lines(secretProblems("malai", ["JWT_SECRET"], configured, true))).to.deep.equal([
        "malai:JWT_SECRET: is plain text in the stack's file; run: pulumi config set --secret malai:JWT_SECRET",
      ]);
    });
  });

  describe("The check of production", () => {
    const prod = (changes: Record<string, unknown>) => lines(problemsOf({ a: { port: 1 } }, changes));

    it("refuses a tag that moves", () => {
      expect(prod({ images: { tag: "latest" } })).to.deep.equal([
        "platform:images, a: docker.io/malai/a:latest is a tag that moves; name a full version or a digest; npx ops promote writes the digests that were tested",
      ]);
    });

    const withImages = (images: Record<string, string>) => {
      const plan = planWith({ a: { port: 1 } });
      return check({ ...plan, images: { ...plan.images, ...images } } as Plan).map(({ problem }) => problem);
    };

    it("[R61] refuses stores by the beginning of a version: the next patch has the same tag", () => {
      const moving = {
        postgres: "docker.io/library/postgres:15-alpine",
        rabbitmq: "docker.io/library/rabbitmq:3-management-alpine",
        nginx: "docker.io/library/nginx:1.29-alpine",
        busybox: "docker.io/library/busybox:1.37",
        redis: "registry.local:5000/redis",
      };
      const expected = Object.values(moving).map((image) => `${image} is a tag that moves`);
      expect(withImages(moving)).to.have.members(expected);
    });

    it("[R61] takes stores by a full version, or by a digest", () => {
      const digest = `sha256:${"a".repeat(64)}`;
      const whole = {
        postgres: "docker.io/library/postgres:15.14-alpine",
        nginx: "registry.local:5000/nginx:1.29.1",
        redis: `docker.io/library/redis:7-alpine@${digest}`,
      };
      expect(withImages(whole)).to.deep.equal([]);
    });

    it("[R61] takes a team's own number of its service, whatever it counts", () => {
      for (const tag of ["42", "7", "2024-01-15", "0b101", "1e3", "07", "a1b2c3d", "v2.1"]) {
        expect(prod({ images: { tag } }), tag).to.deep.equal([]);
      }
      expect(prod({ images: { tag: "main" } })).to.have.length(1);
    });

    it("[D5] refuses fault injection, which development may have", () => {
      const changes = { mesh: { faults: { a: { abort: { percent: 10, status: 503 } } } } };
      const catalog = { services: { a: { port: 1 } } };
      const plan = (tier: string): Plan =>
        ({
          ...planWith(catalog.services),
          mesh: { ...settingsOf("dev").mesh, ...changes.mesh },
          tier,
        }) as Plan;
      expect(lines(check(plan("production")))).to.deep.equal([
        "platform:mesh.faults.a: faults are not injected in production; remove it, or try it in a stack whose platform:tier is development",
      ]);
      expect(check(plan("development"))).to.deep.equal([]);
    });

    it("refuses a host without a certificate that browsers trust", () => {
      expect(prod({ certificate: "self-signed" })).to.deep.equal([
        "platform:certificate: malai.app has no certificate that browsers trust; name a Secret of type kubernetes.io/tls: pulumi config set --path platform:certificate.secret …",
      ]);
    });
  });

  describe("The check of volumes", () => {
    const plan = planWith({ a: { port: 1, uses: [database("x")] } });

    it("refuses a volume that shrinks, and lets one grow", () => {
      expect(lines(volumeProblems(plan, { volumes: { postgres: "60Gi" } }))).to.deep.equal([
        "platform:postgres.storage: 50Gi is less than the 60Gi it has; a volume cannot shrink: write 60Gi or more",
      ]);
      expect(volumeProblems(plan, { volumes: { postgres: "49Gi" } })).to.deep.equal([]);
    });

    it("refuses to leave a volume with data behind, unless data is not protected", () => {
      expect(lines(volumeProblems(plan, { volumes: { redis: "5Gi" } }))).to.deep.equal([
        "platform:redis: its volume of 5Gi holds data, and no service uses it any more; keep a service that uses it, or set platform:protectData to false first",
      ]);
      expect(volumeProblems({ ...plan, protectData: false }, { volumes: { redis: "5Gi" } })).to.deep.equal(
        [],
      );
    });

    it("[R21] refuses another namespace, where the volumes would be new ones, unless data is not protected", () => {
      const before = { volumes: { postgres: "60Gi" }, namespace: "malai" };
      const moved = { ...plan, namespace: "malai-2" };
      expect(lines(volumeProblems(moved, before))).to.deep.equal([
        "platform:namespace: malai-2 would begin with empty volumes: those in malai hold data, and cannot move; write malai, or set platform:protectData to false first",
      ]);
      expect(volumeProblems({ ...moved, protectData: false }, before)).to.deep.equal([]);
    });
  });

  it("tells all problems at once, one line each", () => {
    const services = { a: { port: 1, uses: [database("x")] }, b: { port: 1 } };
    const catalog: Catalog = { ...(malai as Catalog), services };
    const settings = settingsOf("prod", { services: {}, defaults: { replicas: { max: 11 } } });
    expect(formatProblems("prod", check(makePlan(catalog, settings))).split("\n")).to.deep.equal([
      "2 problems in stack prod, nothing was changed:",
      "  services.a.replicas  max 11 is over the limit of 10; lower it, or raise platform:defaults.replicaLimit",
      "  services.b.replicas  max 11 is over the limit of 10; lower it, or raise platform:defaults.replicaLimit",
    ]);
  });
});
