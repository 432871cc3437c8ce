import { expect } from "chai";
import { type Catalog, cache, database, external, queue, service } from "../../model/catalog";
import { catalogProblems } from "../../model/catalog-schema";
import type { Problem } from "../../model/problems";
import { parseSettings } from "../../model/settings";
import { catalogs } from "../../platforms";
import { malai } from "../../platforms/malai";
import { readStackFile, valuesOf } from "../../stacks/stack-file";
import { boutique } from "../platforms/boutique";
import { small } from "../platforms/small";
import { largeCatalog } from "../support/large-catalog";

/** What is wrong with a catalog like malai's that has these properties, which the compiler would refuse. */
const problemsOf = (changes: Record<string, unknown>) => lines(catalogProblems({ ...malai, ...changes }));
const ofServices = (services: Record<string, unknown>) => problemsOf({ services });

const lines = (problems: Problem[]) =>
  problems.map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);

const NAME =
  "is not a name of a service: at most 52 lower-case letters, digits and -, with a letter first and no - at the end; correct it in the catalog";

describe("A catalog that nobody has compiled", () => {
  for (const catalog of [...Object.values(catalogs), boutique, small, largeCatalog(3)]) {
    it(`is in order where it is ${catalog.name}`, () => {
      expect(catalogProblems(catalog)).to.deep.equal([]);
    });
  }

  it("[R16] is refused with a missing port and with unknown keys, one line each, with those that there are", () => {
    expect(
      ofServices({ a: {}, b: { prot: 3000, port: 3001, uses: [{ ...database("b"), size: 1 }] } }),
    ).to.deep.equal([
      "services.a.port: is not set; add it to the catalog",
      "services.b.uses.0.size: no such property; remove it",
      "services.b.prot: no such property; remove it, or write one of: port, routes, balancing, uses, secrets, configuration, probes",
    ]);
  });

  it("[R16] is refused before anything is planned, together with what is wrong with the settings", () => {
    const catalog = { ...malai, services: { a: {} } } as unknown as Catalog;
    const values = { ...valuesOf(readStackFile("dev")), tier: "none" };
    const parsed = parseSettings(values, { malai: catalog });
    expect("problems" in parsed && lines(parsed.problems)).to.deep.equal([
      "services.a.port: is not set; add it to the catalog",
      'platform:tier: "none": Invalid option: expected one of "development"|"production"; correct it in the stack\'s file',
    ]);
  });

  it("[R16] is refused with values of another type", () => {
    expect(ofServices({ a: { port: "3000", uses: [{ kind: "cahce" }], secrets: "KEY" } })).to.deep.equal([
      'services.a.port: "3000": Invalid input: expected number, received string; correct it in the catalog',
      "services.a.uses.0.kind: {\"kind\":\"cahce\"}: Invalid discriminator value. Expected 'service' | 'database' | 'cache' | 'queue' | 'external'; correct it in the catalog",
      'services.a.secrets: "KEY": Invalid input: expected array, received string; correct it in the catalog',
    ]);
    expect(problemsOf({ probes: undefined, services: [] })).to.deep.equal([
      "probes: is not set; add it to the catalog",
      "services: []: Invalid input: expected record, received array; correct it in the catalog",
    ]);
  });

  it("[R16] is in order with everything that an entry may have", () => {
    const uses = [service("a"), database("a", 5), cache(), queue(), external("example.com", 8443)];
    expect(ofServices({ a: { ...malai.services["api-gateway"], uses, probes: malai.probes } })).to.deep.equal(
      [],
    );
  });

  for (const name of ["2fa", "my_app", "MyApp", "-a", "a-", "a.b", "", "a".repeat(70), "a".repeat(53)]) {
    it(`[R15] is refused with a service called ${JSON.stringify(name).slice(0, 12)}`, () => {
      expect(ofServices({ [name]: { port: 3000 } })).to.deep.equal([`services.${name}: "${name}": ${NAME}`]);
    });
  }

  for (const port of [0, 80, 1023, 99999]) {
    it(`[R15] is refused with port ${port}`, () => {
      expect(ofServices({ a: { port } })).to.deep.equal([
        `services.a.port: ${port}: a container without root rights listens on 1024 to 65535; correct it in the catalog`,
      ]);
    });
  }

  it("[R15] is refused with a name that is no namespace, and one that is taken in stack files", () => {
    expect(problemsOf({ name: "Malai_Prod" })).to.deep.equal([
      'name: "Malai_Prod": is not a name of at most 63 lower-case letters, digits and -, with no - at its ends; correct it in the catalog',
    ]);
    expect(problemsOf({ name: "platform" })).to.deep.equal([
      'name: "platform": is what other settings in the stack\'s file begin with; correct it in the catalog',
    ]);
  });

  for (const host of ["https://X:8443/", "X.com", "a_b.com", "shop.com:8443", "shop.com/", "10.0.0.1", ""]) {
    it(`[R15] is refused with host ${JSON.stringify(host)}`, () => {
      expect(problemsOf({ host })).to.deep.equal([
        `host: ${JSON.stringify(host)}: is not a host name such as shop.example.com, in lower case, without a scheme, a port and a path; correct it in the catalog`,
      ]);
    });
  }
});
