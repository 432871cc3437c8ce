import { expect } from "chai";
import { routeTable } from "../../components/frontdoor/routes";
import { type Catalog, path } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";
import { FrontDoorUnderTest, unlimited } from "./support/nginx";
import { type Replica, startReplicas } from "./support/replicas";

/** Every mark that the checks take, in a segment of its own and together. */
const MARKS = ["/._~!@:+,=-", "/@a", "/~a", "/=a/", "/!", "/...", "/A.b_c~1/d", "/_nginx_errors"];

const catalog: Catalog = {
  ...malai,
  name: "shop",
  host: "shop.example.com",
  configuration: {},
  services: {
    web: { port: 3001, routes: [path("/")] },
    api: { port: 3002, routes: [path("/api"), path("/health/"), ...MARKS.map(path)] },
  },
};

describe("A real nginx with every kind of path that the checks take", () => {
  const settings = settingsOf(
    "dev",
    { mesh: { enabled: false }, services: {}, configuration: {}, host: "shop.example.com" },
    catalog,
  );
  const plan = makePlan(catalog, settings);
  let replicas: Replica[];
  let door: FrontDoorUnderTest;

  before(async () => {
    replicas = await startReplicas(2);
    const [web, api] = replicas as [Replica, Replica];
    door = await FrontDoorUnderTest.start(
      { ...routeTable(plan), rateLimit: unlimited },
      { web: [web.address], api: [api.address] },
    );
  });
  after(async () => {
    await door?.stop();
    await Promise.all(replicas.map((replica) => replica.stop()));
  });

  it("[R2] [R3] nginx starts, and has nothing to say", () => {
    expect(check(plan)).to.deep.equal([]);
    expect(door.errors()).to.equal("");
  });

  it("[R2] a path of / gets what leads to no other service, and nothing else", async () => {
    for (const asked of ["/", "/apis", "/healthy", "/x/y?z=1"]) {
      expect(await door.replica(asked), asked).to.equal(replicas[0]?.host);
    }
    expect((await door.ask("/health")).body).to.equal("healthy\n");
    expect((await door.ask("/_nginx_error/404")).status).to.equal(404);
  });

  for (const asked of ["/api", "/api/x", "/health/live", ...MARKS]) {
    it(`[R3] ${asked} is answered by its service`, async () => {
      expect(await door.replica(asked)).to.equal(replicas[1]?.host);
    });
  }
});
