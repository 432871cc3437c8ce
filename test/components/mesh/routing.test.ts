import { expect } from "chai";
import { destinationRulesOf, storeRulesOf } from "../../../components/mesh/destination-rules";
import { pathsOf } from "../../../components/mesh/routes";
import {
  frontDoorInsideOf,
  frontDoorOf,
  gatewayOf,
  virtualServiceOf,
} from "../../../components/mesh/virtual-services";
import type { ServiceEntry } from "../../../model/catalog";
import { dealcycle } from "../../../platforms/dealcycle";
import { malai } from "../../../platforms/malai";
import { planFor, serviceOf } from "./plans";

const SAFE = "GET|HEAD|OPTIONS|PUT|DELETE";
const plan = planFor(malai);
const canaryPlan = planFor(malai, { services: { "event-service": { release: { version: "v2" } } } });

describe("Routing in the mesh", () => {
  const rulesOf = (name: string, of = plan) => virtualServiceOf(serviceOf(of, name), of).spec.http ?? [];

  describe("VirtualService of a service with a canary", () => {
    const rules = rulesOf("event-service", canaryPlan);
    const to = (subset: string) => ({
      destination: { host: "event-service", subset, port: { number: 80 } },
    });

    it("[O10] sends every request with the header canary: true to v2", () => {
      const header = rules.filter(({ match }) =>
        match?.every(({ headers }) => headers?.canary?.exact === "true"),
      );
      expect(header).to.have.length(2);
      for (const { route } of header) expect(route).to.deep.equal([to("v2")]);
      expect(rules.indexOf(header[1] ?? {})).to.equal(1);
    });

    it("[O10] [D13] sends 90 % of the others to v1 and 10 % to v2", () => {
      for (const { route } of rules.slice(2)) {
        expect(route).to.deep.equal([
          { ...to("v1"), weight: 90 },
          { ...to("v2"), weight: 10 },
        ]);
      }
      expect(rules[3]).to.not.have.property("match");
    });

    it("[O10] splits by the weight of the settings", () => {
      const service = { release: { version: "v3", weight: 25 } };
      const changed = planFor(malai, { services: { "event-service": service } });
      const [, , , last] = rulesOf("event-service", changed);
      expect(last?.route?.map(({ destination, weight }) => [destination?.subset, weight])).to.deep.equal([
        ["v1", 75],
        ["v3", 25],
      ]);
    });

    it("[O10] tells the versions apart by their label", () => {
      const [rule] = destinationRulesOf(serviceOf(canaryPlan, "event-service"), canaryPlan);
      expect(rule?.spec.subsets).to.deep.equal([
        { name: "v1", labels: { version: "v1" } },
        { name: "v2", labels: { version: "v2" } },
      ]);
    });
  });

  it("[O10] without a canary there is one version, and it gets everything", () => {
    for (const { route } of rulesOf("event-service")) {
      expect(route).to.deep.equal([
        { destination: { host: "event-service", subset: "v1", port: { number: 80 } } },
      ]);
    }
  });

  it("[D5] tries three times more for 2 s each, which gives up within 10 s", () => {
    for (const service of plan.services) {
      const [idempotent] = rulesOf(service.name).slice(-2);
      expect(idempotent?.retries).to.include({ attempts: 3, perTryTimeout: "2s" });
    }
  });

  it("[R7] [D5] waits 10 s for an answer to what is not tried again when it is slow", () => {
    for (const service of plan.services) {
      const [, other] = rulesOf(service.name).slice(-2);
      expect(other?.retries).to.deep.equal({
        attempts: 3,
        perTryTimeout: "10s",
        retryOn: "connect-failure,refused-stream,reset-before-request",
      });
    }
  });

  it("[R7] limits the time until an answer begins and never that until it ends, which would cut downloads", () => {
    const all = [
      ...plan.services.flatMap(({ name }) => rulesOf(name)),
      ...(frontDoorInsideOf(plan).spec.http ?? []),
    ];
    expect(all).to.have.length.above(10);
    for (const rule of all) expect(rule).to.not.have.property("timeout");
  });

  it("[D5] repeats a payment only when it cannot have arrived", () => {
    const [idempotent, other] = rulesOf("payment-service");
    expect(idempotent?.match).to.deep.equal([{ method: { regex: SAFE } }]);
    expect(idempotent?.retries?.retryOn).to.equal("5xx,reset,connect-failure,refused-stream");
    expect(other).to.not.have.property("match");
    expect(other?.retries?.retryOn).to.equal("connect-failure,refused-stream,reset-before-request");
    for (const method of ["POST", "PATCH"]) expect(method).to.not.match(new RegExp(`^(${SAFE})$`));
  });

  it("leaves a WebSocket open, and never sends it again", () => {
    const [first] = rulesOf("api-gateway");
    expect(first?.match).to.deep.equal([{ uri: { prefix: "/ws/" } }]);
    expect(first?.retries).to.deep.equal({ attempts: 0 });
    expect(first).to.not.have.property("timeout");
  });

  it("[D5] makes the faults of the settings, for the service that seems to fail and no other", () => {
    const faults = {
      "payment-service": { abort: { percent: 20, status: 503 }, delay: { percent: 50, seconds: 0.5 } },
    };
    const faulty = planFor(malai, { tier: "development", mesh: { faults } });
    for (const { fault } of rulesOf("payment-service", faulty)) {
      expect(fault).to.deep.equal({
        abort: { percentage: { value: 20 }, httpStatus: 503 },
        delay: { percentage: { value: 50 }, fixedDelay: "0.5s" },
      });
    }
    for (const rule of rulesOf("auth-service", faulty)) expect(rule).to.not.have.property("fault");
  });
});

describe("Connections in the mesh", () => {
  /** As nginx sees it, where it has a rule of its own. */
  const policyOf = (name: string, of = plan) =>
    destinationRulesOf(serviceOf(of, name), of).at(-1)?.spec.trafficPolicy;
  const crm = planFor(dealcycle);

  it("[D5] leaves a replica alone after five errors in a row, and at most half of them", () => {
    expect(policyOf("auth-service")?.outlierDetection).to.deep.equal({
      consecutive5xxErrors: 5,
      interval: "1s",
      baseEjectionTime: "30s",
      maxEjectionPercent: 50,
    });
  });

  it("[D13] pools connections: 256 of each caller, and as many requests that wait", () => {
    const pool = policyOf("auth-service")?.connectionPool;
    expect(pool?.tcp).to.include({ maxConnections: 256, connectTimeout: "1s" });
    expect(pool?.http).to.deep.equal({
      http1MaxPendingRequests: 256,
      http2MaxRequests: 256,
      maxRequestsPerConnection: 1000,
      maxRetries: 26,
    });
  });

  it("has room for the WebSockets of a whole nginx", () => {
    expect(policyOf("api-gateway")?.connectionPool?.tcp?.maxConnections).to.equal(1024);
  });

  it("[D13] [R32] leaves it to the data stores how many connections they take from one pod", () => {
    const rules = storeRulesOf(planFor(malai, { postgres: { maxConnections: 750 } }));
    const limits = rules.map(({ name, spec }) => [
      name,
      spec.trafficPolicy?.connectionPool?.tcp?.maxConnections,
    ]);
    // Redis' own `maxclients`; RabbitMQ has no limit but its files.
    expect(limits).to.deep.equal([
      ["postgres", 750],
      ["redis", 10_000],
      ["rabbitmq", 10_000],
    ]);
    for (const { spec } of rules) {
      expect(spec.trafficPolicy?.connectionPool).to.not.have.property("http");
    }
  });

  it("[D4] [D5] balances as the catalog says", () => {
    const balancer = (name: string) => policyOf(name, crm)?.loadBalancer;
    expect(balancer("leads-service")?.simple).to.equal("ROUND_ROBIN");
    expect(balancer("buyers-service")?.simple).to.equal("LEAST_REQUEST");
    expect(balancer("auth-service")?.consistentHash).to.deep.equal({ httpHeaderName: "x-forwarded-for" });
    expect(balancer("users-service")?.consistentHash).to.deep.equal({
      httpCookie: { name: "users_service_mesh_session", path: "/", ttl: "0s" },
    });
  });

  it("[D1] keeps a caller on one replica where the catalog says so, and nginx, which calls for all users, on none", () => {
    const crm = planFor(dealcycle);
    const [inside, door, ...others] = destinationRulesOf(serviceOf(crm, "leads-service"), crm);
    expect(others).to.deep.equal([]);
    expect(inside?.spec.trafficPolicy?.loadBalancer).to.deep.include({
      consistentHash: { useSourceIp: true },
    });
    expect(inside?.spec).to.not.have.property("workloadSelector");
    expect(door?.spec.workloadSelector).to.deep.equal({ matchLabels: { app: "nginx" } });
    expect(door?.spec.trafficPolicy?.loadBalancer).to.deep.include({ simple: "ROUND_ROBIN" });
    expect(destinationRulesOf(serviceOf(plan, "event-service"), plan)).to.have.length(1);
  });

  it("spreads over the replicas of all zones", () => {
    expect(policyOf("leads-service", crm)?.loadBalancer?.localityLbSetting).to.deep.equal({ enabled: false });
  });

  it("[D13] [O11] speaks mutual TLS to every service and store", () => {
    const rules = [
      ...plan.services.flatMap((service) => destinationRulesOf(service, plan)),
      ...storeRulesOf(plan),
    ];
    for (const { spec } of rules) expect(spec.trafficPolicy?.tls).to.deep.equal({ mode: "ISTIO_MUTUAL" });
  });
});

describe("The mesh's front door", () => {
  const crm = planFor(dealcycle);
  const rules = frontDoorOf(crm).spec.http ?? [];

  it("[D5] is at the same host, with its certificate", () => {
    expect(frontDoorOf(crm).spec.hosts).to.deep.equal(["api.presidentialdigs.com"]);
    expect(frontDoorOf(crm).spec.gateways).to.deep.equal([gatewayOf(crm).name]);
    const [http, https] =
      gatewayOf(planFor(dealcycle, { certificate: { secret: "digs" } })).spec.servers ?? [];
    expect(http?.tls).to.deep.equal({ httpsRedirect: true });
    expect(https?.hosts).to.deep.equal(["api.presidentialdigs.com"]);
    expect(https?.tls).to.deep.equal({
      mode: "SIMPLE",
      credentialName: "digs",
      minProtocolVersion: "TLSV1_2",
    });
  });

  it("[D5] leads the same paths to the same services", () => {
    const leads = rules.flatMap(({ match, route }) =>
      (match ?? []).map(({ uri }) => [uri?.exact ?? uri?.prefix, route?.[0]?.destination?.host]),
    );
    const expected = ["auth", "leads", "buyers", "users"].flatMap((path) => [
      [`/${path}`, `${path}-service`],
      [`/${path}/`, `${path}-service`],
    ]);
    // Each twice: for the methods that may be repeated, and for the others.
    expect(leads.filter(([, host]) => host)).to.have.deep.members([...expected, ...expected]);
  });

  it("[D5] takes /leads for itself and all below it, not for /leadsxyz", () => {
    expect(pathsOf("/leads")).to.deep.equal([{ exact: "/leads" }, { prefix: "/leads/" }]);
    expect(pathsOf("/api/")).to.deep.equal([{ prefix: "/api/" }]);
  });

  it("[D5] tries again and gives up as the mesh does", () => {
    const inside = frontDoorInsideOf(crm).spec.http ?? [];
    expect(rules.slice(1).map(({ retries }) => retries)).to.deep.equal(inside.map(({ retries }) => retries));
  });

  it("[O10] has the canary's header and weights too", () => {
    const services = { "leads-service": { release: {} } };
    const routed = (frontDoorOf(planFor(dealcycle, { services })).spec.http ?? []).filter(
      ({ route }) => route?.[0]?.destination?.host === "leads-service",
    );
    expect(routed.map(({ match }) => match?.[0]?.headers?.canary?.exact)).to.deep.equal([
      "true",
      "true",
      undefined,
      undefined,
    ]);
    expect(routed[3]?.route?.map(({ weight }) => weight)).to.deep.equal([90, 10]);
  });

  it("tries a longer path before the shorter one it begins with", () => {
    const nested = planFor({
      ...malai,
      services: {
        ...malai.services,
        "auth-service": {
          ...malai.services["auth-service"],
          routes: [{ path: "/api/auth/", webSocket: false }],
        } as ServiceEntry,
      },
    });
    const hosts = (frontDoorOf(nested).spec.http ?? []).flatMap(
      ({ route }) => route?.[0]?.destination?.host ?? [],
    );
    expect(hosts[0]).to.equal("auth-service");
  });

  it("insists on HTTPS for as long as the settings say", () => {
    const header = {
      response: { set: { "strict-transport-security": "max-age=31536000" } },
    };
    for (const { headers } of rules.slice(1)) expect(headers).to.deep.equal(header);
    const [, without] = frontDoorOf(planFor(dealcycle, { frontDoor: { hstsMaxAge: 0 } })).spec.http ?? [];
    expect(without).to.not.have.property("headers");
  });
});
