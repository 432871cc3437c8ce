import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { parse } from "yaml";
import { type Catalog, cache, database, queue, service } from "../model/catalog";
import { check } from "../model/checks";
import { makePlan } from "../model/make-plan";
import { parseSettings } from "../model/settings";
import { platformValues } from "../model/settings/platform-values";
import { malai } from "../platforms/malai";
import { objectOf, renderPlan, settingsOf } from "./support/render";
import { typeErrors } from "./support/type-errors";

/** The blocks of a page that are in a language. */
const blocksOf = (page: string, language: string): string[] =>
  [...readFileSync(page, "utf8").matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, block = ""]) => block,
  );

describe("The page on the contract", () => {
  it("[N6] has every variable that the platform sets, and every file of the CA", async () => {
    const all = [service("other-service"), database("one"), database("two"), cache(), queue()];
    const services = {
      web: { port: 3001, uses: all, secrets: ["OWN_SECRET"] },
      "other-service": { port: 3002 },
    };
    const catalog: Catalog = { ...(malai as Catalog), services };
    const resources = await renderPlan(makePlan(catalog, settingsOf("dev", { services: {} })));
    const [container] = objectOf(resources, "Deployment", "web").spec.template.spec.containers;
    const general = (name: string) =>
      name.replace(/^(ONE|TWO)_DATABASE/, "<NAME>_DATABASE").replace(/^OTHER_SERVICE_/, "<NAME>_");
    const set = new Set<string>(container.env.map(({ name }: { name: string }) => general(name)));
    set.delete("OWN_SECRET");
    const page = readFileSync("docs/contract.md", "utf8");
    expect(set.size).to.be.above(15);
    expect([...set].filter((name) => !page.includes(`\`${name}\``))).to.deep.equal([]);
    const { data } = objectOf(resources, "ConfigMap", "stores-ca");
    for (const file of Object.keys(data)) expect(page).to.contain(`\`/etc/platform/ca/${file}\``);
  });

  it("[N7] [N17] has pieces of an entry that compile", () => {
    const entry = blocksOf("docs/contract.md", "ts").join("");
    const file = `
      import { persistent, scratch, type ServiceEntry } from "../model/catalog";
      import "../components/services/transform";
      export const entry: ServiceEntry = { port: 3001, ${entry} };`;
    expect(typeErrors("platforms/contract.ts", file)).to.deep.equal([]);
    expect(typeErrors("platforms/contract.ts", file.replace("labels[", "label["))).to.not.be.empty;
  });
});

describe("The page on adding a platform and a stack", () => {
  const page = "docs/add-a-platform.md";
  const [catalogText = "", lineOfIndex = ""] = blocksOf(page, "ts");
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "page-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("[N19] has a catalog that compiles, and the line that adds it", () => {
    expect(typeErrors("platforms/shop.ts", catalogText)).to.deep.equal([]);
    const today = /^export const catalogs.*$/m.exec(readFileSync("platforms/index.ts", "utf8"))?.[0];
    expect(lineOfIndex.trim()).to.equal(today?.replace(" };", ", shop };"));
  });

  it("[N19] has a stack of it that the checks let pass, with a way in that no other stack has", async () => {
    const file = join(folder, "shop.ts");
    writeFileSync(
      file,
      catalogText.replace("../model/catalog", pathToFileURL(resolve("model/catalog.ts")).href),
    );
    const { shop } = (await import(pathToFileURL(file).href)) as { shop: Catalog };
    const [stack = ""] = blocksOf(page, "yaml");
    const parsed = parseSettings(platformValues(parse(stack).config), { shop });
    if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
    expect(check(makePlan(shop, parsed.settings))).to.deep.equal([]);
    const { publicPort, nodePorts } = parsed.settings.frontDoor;
    for (const other of ["dev", "dealcycle-dev"]) {
      const theirs = settingsOf(other).frontDoor;
      const taken = [theirs.publicPort, theirs.nodePorts?.http, theirs.nodePorts?.https];
      const ours = [publicPort, nodePorts?.http, nodePorts?.https];
      expect(ours.filter((port) => taken.includes(port))).to.deep.equal([]);
    }
  });

  it("[N19] asks for the URL that the stack has", () => {
    const [commands = ""] = blocksOf(page, "sh");
    const [stack = ""] = blocksOf(page, "yaml");
    const { config } = parse(stack);
    expect(commands).to.contain(
      `https://${config["platform:host"]}:${config["platform:frontDoor"].publicPort}/api/cart/`,
    );
  });
});
