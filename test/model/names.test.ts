import { expect } from "chai";
import {
  type Catalog,
  cache,
  database,
  path,
  type ServiceEntry,
  service,
  webSocket,
} from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { MOST_LETTERS } from "../../model/names";
import type { Problem } from "../../model/problems";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";

const { configuration: _, ...shop } = { ...malai, name: "shop", host: "shop.example.com" } as Catalog;

/** What is wrong with services of these names, in an environment like production's. */
function problemsOf(
  services: Record<string, Partial<ServiceEntry>>,
  changes: Record<string, unknown> = {},
  discovery: Catalog["discovery"] = {},
): string[] {
  const entries = Object.entries(services).map(([name, entry], index) => [
    name,
    { port: 3000 + index, ...entry },
  ]);
  const catalog: Catalog = { ...shop, discovery, services: Object.fromEntries(entries) };
  const settings = settingsOf(
    "prod",
    { services: {}, configuration: {}, ...changes },
    { ...shop, services: {} },
  );
  return lines(check(makePlan(catalog, settings)));
}

const lines = (problems: Problem[]) =>
  problems.map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);

const released = (name: string) => ({ [name]: { release: { version: "v2" } } });

describe("Checks of names", () => {
  for (const [name, owner] of [
    ["redis", "an object of the platform"],
    ["nginx", "an object of the platform"],
    ["prometheus", "an object of the platform"],
    ["front-door", "an object of the platform"],
    ["rabbitmq-nodes", "an object of the platform"],
    ["allow-dns", "an object of the platform"],
    ["default", "an object of the platform"],
    ["nodes", "a job of the platform's Prometheus"],
  ] as const) {
    it(`[R14] refuse a service called ${name}`, () => {
      expect(problemsOf({ [name]: {} })).to.deep.equal([
        `services.${name}: ${name} is already the name of ${owner}; give the service another name`,
      ]);
    });
  }

  for (const name of ["admin", "metrics", "tls"]) {
    it(`[R14] refuse a service called ${name} with a database, and take one without`, () => {
      expect(problemsOf({ [name]: { uses: [database("shop")] } })).to.deep.equal([
        `services.${name}: postgres-${name}, the name of the Secret of its login to shop, is already the name of a Secret of the platform; give the service another name`,
      ]);
      expect(problemsOf({ [name]: {} })).to.deep.equal([]);
    });
  }

  it("[R14] refuse a service called as the new version of another one, while that is released", () => {
    const services = { api: {}, "api-v2": {} };
    const settings = settingsOf(
      "prod",
      { services: released("api"), configuration: {} },
      { ...shop, services: { api: { port: 3000 } } },
    );
    const catalog: Catalog = { ...shop, services: { api: { port: 3000 }, "api-v2": { port: 3001 } } };
    expect(lines(check(makePlan(catalog, settings)))).to.deep.equal([
      "services.api: api-v2, the name of the Deployment of its new version, is already the name of service api-v2; give the service another name",
    ]);
    expect(problemsOf(services)).to.deep.equal([]);
  });

  it("[R14] refuse a service called as what the front door or the catalog's discovery makes of another one", () => {
    const routed = { routes: [path("/a/"), webSocket("/ws/")] };
    expect(problemsOf({ a: {}, "a-headless": {} }, {}, { headless: true })).to.deep.equal([
      "services.a: a-headless, the name of its headless Service, is already the name of service a-headless; give the service another name",
    ]);
    expect(problemsOf({ a: routed, "a-pods": {} }, { mesh: { enabled: false } })).to.deep.equal([
      "services.a: a-pods, the name of the Service of its pods, is already the name of service a-pods; give the service another name",
    ]);
    expect(problemsOf({ a: routed, "a-front-door": {} }, {}, { affinity: 60 })).to.deep.equal([
      "services.a: a-front-door, the name of its rule for nginx, is already the name of service a-front-door; give the service another name",
    ]);
    expect(problemsOf({ a: routed, "a-websocket": {} }, { frontDoor: { kind: "controller" } })).to.deep.equal(
      [
        "services.a: a-websocket, the name of the Ingress of its WebSockets, is already the name of service a-websocket; give the service another name",
      ],
    );
    expect(problemsOf({ shop: routed }, { frontDoor: { kind: "controller" } })).to.deep.equal([
      "services.shop: shop is already the name of the platform's Ingress; give the service another name",
    ]);
    expect(
      problemsOf({ a: routed, "a-headless": {}, "a-pods": {}, "a-websocket": {}, shop: {} }),
    ).to.deep.equal([]);
  });

  it("[R14] refuse a login to Postgres that is a role of another kind", () => {
    const uses = (name: string) => ({ uses: [database(name)] });
    expect(
      problemsOf({ "platform-metrics": uses("a"), "a-owner": uses("a"), "pg-admin": uses("a") }),
    ).to.deep.equal([
      "services.platform-metrics: platform_metrics, the name of its login to a, is already the name of a role of the platform in Postgres; give the service another name",
      "services.a-owner: a_owner, the name of its login to a, is already the name of the owner of database a; give the service another name",
      "services.pg-admin: Postgres takes no login called pg_admin: what begins with pg_ is its own; give the service another name",
    ]);
  });

  it("[R14] refuse a certificate in a Secret that the platform makes", () => {
    expect(
      problemsOf({ a: { uses: [database("a")] } }, { certificate: { secret: "postgres-a" } }),
    ).to.deep.equal([
      "platform:certificate.secret: postgres-a is already the name of the Secret of a's login to a; give the Secret with the certificate another name",
    ]);
  });

  for (const namespace of ["kube-system", "default", "istio-system"]) {
    it(`[R15] refuse namespace ${namespace}`, () => {
      expect(problemsOf({ a: {} }, { namespace })).to.deep.equal([
        `platform:namespace: ${namespace} is not the platform's own; name one that has nothing else in it, such as the catalog's name`,
      ]);
    });
  }

  for (const port of [15001, 15021, 15090]) {
    it(`[R15] refuse port ${port} beside a sidecar, and take it without a mesh`, () => {
      expect(problemsOf({ a: { port } })).to.deep.equal([
        `services.a.port: ${port} is a port of Istio's sidecar; let the service listen on a port outside 15000 to 15090`,
      ]);
      expect(problemsOf({ a: { port } }, { mesh: { enabled: false } })).to.deep.equal([]);
    });
  }
});

describe("Checks of variables", () => {
  for (const name of [
    "PORT",
    "NODE_ENV",
    "REDIS_URL",
    "DATABASE_URL",
    "SERVICE_VERSION",
    "NODE_EXTRA_CA_CERTS",
  ]) {
    it(`[R18] refuse a secret and a plain setting called ${name}`, () => {
      expect(problemsOf({ a: { secrets: [name] }, b: { configuration: [name] } })).to.include.members([
        `services.a.secrets: ${name}, which would be a secret, is already a variable of the platform; give it another name`,
        `services.b.configuration: ${name}, which would be a plain setting, is already a variable of the platform; give it another name`,
      ]);
    });
  }

  it("[R18] refuse a variable of Kubernetes'", () => {
    expect(problemsOf({ a: { secrets: ["HOSTNAME"] } })).to.deep.equal([
      "services.a.secrets: HOSTNAME, which would be a secret, is already a variable of Kubernetes; give it another name",
    ]);
  });

  it("[R18] refuse two things in one variable", () => {
    const catalog: Catalog = {
      ...shop,
      configuration: { KEY: "x", B_URL: "y" },
      services: {
        a: {
          port: 3001,
          uses: [service("b"), service("database"), cache()],
          secrets: ["KEY"],
          configuration: ["KEY", "B_URL"],
        },
        b: { port: 3002 },
        database: { port: 3003 },
      },
    };
    const plan = makePlan(catalog, settingsOf("prod", { services: {}, configuration: {} }, catalog));
    expect(lines(check(plan))).to.deep.equal([
      "services.a.uses: DATABASE_URL, which would be the URL of database, is already a variable of the platform; give what it uses another name",
      "services.a.configuration: KEY, which would be a plain setting, is already a secret; give it another name",
      "services.a.configuration: B_URL, which would be a plain setting, is already the URL of b; give it another name",
    ]);
  });

  for (const name of ["MY-KEY", "1KEY", "_KEY", "KEY_", "", "A B", `K${"E".repeat(63)}`]) {
    it(`[R18] refuse ${JSON.stringify(name).slice(0, 12)}, which is no name of a variable`, () => {
      expect(problemsOf({ a: { secrets: [name] } })).to.deep.equal([
        `services.a.secrets: ${JSON.stringify(name)} is not the name of a variable; write at most 63 letters, digits and _, a letter first, and no _ at the end`,
      ]);
    });
  }
});

describe("Names that are made of a service's", () => {
  it("[R15] leave 52 letters for it", () => {
    expect(MOST_LETTERS).to.equal(52);
  });
});
