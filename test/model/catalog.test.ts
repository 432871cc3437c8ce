import { expect } from "chai";
import { database, definePlatform, perEnvironment, service } from "../../model/catalog";
import { malai } from "../../platforms/malai";

/** Each `@ts-expect-error` is a test of the compiler: `make lint` fails where the line below it compiles. */
describe("A catalog", () => {
  const { probes } = malai;

  it("does not compile with an edge to a service that it does not have", () => {
    const platform = definePlatform({
      name: "shop",
      host: "shop.example",
      probes,
      services: {
        web: {
          port: 1,
          // @ts-expect-error there is no service "wrok"
          uses: [service("wrok")],
        },
        work: { port: 2 },
      },
    });
    expect(Object.keys(platform.services)).to.deep.equal(["web", "work"]);
  });

  it("does not compile with a plain setting that it does not have", () => {
    const platform = definePlatform({
      name: "shop",
      host: "shop.example",
      probes,
      configuration: { LOG_LEVEL: "info", REGION: perEnvironment },
      services: {
        web: { port: 1, configuration: ["LOG_LEVEL"] },
        // @ts-expect-error there is no setting "LOGLEVEL"
        work: { port: 2, configuration: ["LOGLEVEL"] },
      },
    });
    expect(platform.configuration).to.deep.equal({ LOG_LEVEL: "info", REGION: null });
  });

  it("does not compile without a port, with an unknown key, or without probes", () => {
    const services = { web: { port: 1, uses: [database("shop")] } };
    // @ts-expect-error `probes` is missing
    definePlatform({ name: "shop", host: "shop.example", services });
    // @ts-expect-error `port` is missing
    definePlatform({ name: "shop", host: "shop.example", probes, services: { web: {} } });
    // @ts-expect-error there is no `prot`
    definePlatform({ name: "shop", host: "shop.example", probes, services: { web: { port: 1, prot: 2 } } });
    expect(services.web.uses).to.deep.equal([{ kind: "database", database: "shop", pool: 10 }]);
  });
});
