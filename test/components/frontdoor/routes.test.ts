import { expect } from "chai";
import { routeTable } from "../../../components/frontdoor/routes";
import { planWith } from "./support";

describe("The route table", () => {
  it("[O8] has the gateway's paths, with an hour of silence for WebSockets", () => {
    const { services, url } = routeTable(planWith("dev"));
    expect(url).to.equal("https://malai.localhost:8443");
    expect(
      services.map(({ service, target, port, balancing }) => [service, target, port, balancing]),
    ).to.deep.equal([["api-gateway", "api-gateway", 80, "least_conn"]]);
    expect(services[0]?.paths).to.deep.equal([
      {
        locations: [{ match: "prefix", path: "/api/" }],
        webSocket: false,
        timeouts: { connect: 60, send: 60, read: 60 },
      },
      {
        locations: [{ match: "prefix", path: "/ws/" }],
        webSocket: true,
        timeouts: { connect: 60, send: 3600, read: 3600 },
      },
    ]);
  });

  it("leads to the pods themselves where there is no mesh to choose among them", () => {
    const { services, balancesPods } = routeTable(planWith("dev", {}, { mesh: { enabled: false } }));
    expect(services.map(({ target, port }) => [target, port])).to.deep.equal([["api-gateway-pods", 3000]]);
    expect([balancesPods, routeTable(planWith("dev")).balancesPods]).to.deep.equal([true, false]);
  });

  it("[D4] has every service of the CRM, each with its own balancing, and /leads as a whole path", () => {
    const { host, services } = routeTable(planWith("dealcycle-prod"));
    expect(host).to.equal("api.presidentialdigs.com");
    expect(services.map(({ service, balancing }) => [service, balancing])).to.deep.equal([
      ["auth-service", "ip_hash"],
      ["leads-service", "round_robin"],
      ["buyers-service", "least_conn"],
      ["users-service", "session"],
    ]);
    expect(services[1]?.paths[0]?.locations).to.deep.equal([
      { match: "exact", path: "/leads" },
      { match: "prefix", path: "/leads/" },
    ]);
  });
});
