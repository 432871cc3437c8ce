import { execa } from "execa";
import { type Catalog, database, path, service } from "../model/catalog";
import { check } from "../model/checks";
import { makePlan } from "../model/make-plan";
import { settingsSchema } from "../model/settings";
import { malai } from "../platforms/malai";
import { type Benchmark, milliseconds } from "./harness";

const settings = settingsSchema.parse({ catalog: "malai", context: "none", certificate: "self-signed" });

/** How long it takes to say what is wrong with a catalog, beside loading the SDK, which every program has to. */
export const checks: Benchmark[] = [5, 50].map((size) => {
  const catalog = catalogOf(size);
  return {
    title: `plan and checks, ${size} services`,
    unit: "ms",
    ours: "all checks",
    peer: "loading @pulumi/kubernetes",
    runs: { quick: 3, full: 15 },
    measure: async () => ({
      ours: await milliseconds(() => check(makePlan(catalog, settings))),
      peer: await loading(),
    }),
  };
});

/** In a process of its own, as it is loaded once; what the process takes itself is not counted. */
async function loading(): Promise<number> {
  const script =
    'const start = performance.now(); await import("@pulumi/kubernetes"); console.log(performance.now() - start)';
  const { stdout } = await execa("node", ["--input-type=module", "--eval", script]);
  return Number(stdout);
}

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
