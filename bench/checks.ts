/** How long it takes to say what is wrong with a catalog, by its size; against loading the Pulumi SDK alone. */
import { performance } from "node:perf_hooks";
import Table from "cli-table3";
import { type Catalog, database, path, service } from "../model/catalog";
import { check } from "../model/checks";
import { makePlan } from "../model/make-plan";
import { settingsSchema } from "../model/settings";
import { malai } from "../platforms/malai";

const RUNS = 50;

const settings = settingsSchema.parse({ catalog: "malai", context: "none", certificate: "self-signed" });
const loading = await milliseconds(() => import("@pulumi/kubernetes"));
const table = new Table({ head: ["services", "edges", "plan and checks, ms", "share of loading the SDK"] });
for (const size of [5, 11, 50]) {
  const catalog = catalogOf(size);
  const samples: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    samples.push(await milliseconds(() => check(makePlan(catalog, settings))));
  }
  const median = samples.sort((a, b) => a - b)[RUNS / 2] ?? 0;
  const edges = (size * (size - 1)) / 2;
  table.push([size, edges, median.toFixed(2), `${((median / loading) * 100).toFixed(1)} %`]);
}
console.log(`Median of ${RUNS} runs; loading @pulumi/kubernetes took ${loading.toFixed(0)} ms.`);
console.log(table.toString());

/** Every service calls all that come after it: the most edges there can be without a cycle. */
function catalogOf(size: number): Catalog {
  const names = Array.from({ length: size }, (_, index) => `service-${index}`);
  const services = names.map((name, index) => [
    name,
    {
      port: 4000 + index,
      routes: [path(`/${name}/`)],
      uses: [database(name), ...names.slice(index + 1).map((callee) => service(callee))],
    },
  ]);
  return { ...(malai as Catalog), services: Object.fromEntries(services) };
}

async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
