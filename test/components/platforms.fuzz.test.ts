import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import fc from "fast-check";
import { type Catalog, cache, database, external, path } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import type { Plan } from "../../model/plan";
import type { Problem } from "../../model/problems";
import { parseSettings } from "../../model/settings";
import { malai } from "../../platforms/malai";
import { withoutSdkDebugging } from "../../programs/engine";
import { anyPlatform, type Written } from "../support/arbitrary-platforms";
import { contradictionsIn } from "../support/identities";
import { type Rendered, renderPlan } from "../support/render";

/** To try the same again: FUZZ_SEED=…; to try longer: FUZZ_RUNS=… */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.FUZZ_RUNS ?? 300);

/** What is wrong with the objects of a platform that the checks took. Another judge may ask an API server. */
type Judge = (resources: readonly Rendered[]) => string[] | Promise<string[]>;
const judges: readonly Judge[] = [contradictionsIn];

/** What was once accepted and did not render to what an API server takes. */
const FOUND: [Written][] = [
  // The name of a ServiceEntry, which had it as the value of a label.
  [written({ a: { port: 3000, uses: [external(`${"a".repeat(60)}.example.com`)] } })],
  // Two of DATABASE_URL.
  [written({ database: { port: 3000 }, a: { port: 3001, uses: [database("a"), cache()] } })],
  // Annotations `platform/_KEY`.
  [written({ a: { port: 3000, secrets: ["_KEY"] } })],
  [written({ a: { port: 3000, routes: [path("/"), path("/health")] } })],
];

function written(services: Catalog["services"]): Written {
  const catalog = { name: "shop", host: "shop.example.com", probes: malai.probes, services };
  return {
    catalog,
    values: { catalog: "shop", context: "test", tier: "development", certificate: "self-signed" },
  };
}

describe(`Any catalog in any environment, with FUZZ_SEED=${seed}`, function () {
  this.timeout(0);
  const { debug } = pulumi.log;
  const { prepareStackTrace } = Error;
  before(withoutSdkDebugging);
  after(() => {
    Object.assign(pulumi.log, { debug });
    Error.prepareStackTrace = prepareStackTrace;
  });

  it(`[R14] [R16] [R18] is refused with a place and a remedy, or has no two objects of one identity, ${numRuns} times`, async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(anyPlatform, async (one) => {
        const verdict = verdictOf(one);
        if ("problems" in verdict) {
          expect(JSON.stringify(verdict.problems.filter(isVague))).to.equal("[]");
          return;
        }
        accepted += 1;
        const resources = await renderPlan(verdict.plan);
        const wrong = await Promise.all(judges.map((judge) => judge(resources)));
        expect(wrong.flat().join("\n")).to.equal("");
      }),
      { seed, numRuns, examples: FOUND },
    );
    // Else nothing would have been tried.
    expect(accepted).to.be.above(numRuns / 10);
  });
});

/** As the program has it: a plan, or everything that is wrong. */
function verdictOf({ catalog, values }: Written): { plan: Plan } | { problems: Problem[] } {
  const parsed = parseSettings(values, { [catalog.name]: catalog });
  if ("problems" in parsed) return parsed;
  const plan = makePlan(catalog, parsed.settings);
  const problems = check(plan);
  return problems.length > 0 ? { problems } : { plan };
}

const isVague = ({ at, problem, remedy }: Problem) =>
  !/^(?:platform:)?[a-z]/.test(at) ||
  [at, problem, remedy].some((text) => text.trim() === "" || /undefined|\[object|NaN/.test(text));
