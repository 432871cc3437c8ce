import { readFileSync } from "node:fs";
import { expect } from "chai";
import { diagramOf } from "../../operations/diagram";
import { catalogs } from "../../platforms";

const page = readFileSync("docs/platforms.md", "utf8");

describe("Diagram", () => {
  for (const [name, catalog] of Object.entries(catalogs)) {
    it(`[O13] of ${name} in docs/platforms.md is the one its catalog makes`, () => {
      expect(page, "paste what `npx ops diagram` prints").to.contain(
        `\`\`\`mermaid\n${diagramOf(catalog)}\n\`\`\``,
      );
    });
  }

  it("draws the routes, every declared edge, and a store once", () => {
    const lines = diagramOf({
      ...(catalogs.malai as NonNullable<typeof catalogs.malai>),
      host: "shop.example",
      services: {
        web: { port: 1, routes: [{ path: "/", webSocket: false }], uses: [{ kind: "cache" }] },
        worker: { port: 2, uses: [{ kind: "service", service: "web" }, { kind: "cache" }] },
      },
    }).split("\n");
    expect(lines).to.deep.equal([
      "flowchart LR",
      '  users(("shop.example")) --> nginx',
      '  web["web<br/>:1"]',
      '  worker["worker<br/>:2"]',
      '  redis[("Redis")]',
      "  nginx -->|/| web",
      "  web --> redis",
      "  worker --> web",
      "  worker --> redis",
    ]);
  });
});
