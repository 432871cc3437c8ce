import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Chart } from "../../components/mesh/charts";
import { istio } from "../../model/versions";
import { store } from "../cache";
import { type Report, run } from "../command";
import { toolsDir } from "../paths";
import { CLUSTER_MODULE } from "./cluster-source";
import { modulesDir, requireGo, withRemedy } from "./source";

/** Module with Istio's source; its go.sum here says what must be in it. */
const MODULE = "istio.io/istio";

/** The charts' folders below `manifests/charts` in the module. */
const folders: Record<Chart, string> = {
  base: "base",
  cni: "istio-cni",
  istiod: "istio-control/istio-discovery",
};

/** What Istio's release builder puts in the place of what its source has, by file. */
const releaseBuilder: Record<string, [RegExp, string][]> = {
  "Chart.yaml": [[/^(version|appVersion): .*/gm, `$1: ${istio}`]],
  "values.yaml": [
    [/^( +)hub: registry\.istio\.io\/testing$/gm, "$1hub: docker.io/istio"],
    [/^( +)tag: latest$/gm, `$1tag: ${istio}`],
  ],
};

/** Istio's CustomResourceDefinitions, in the folder of the charts. */
export const DEFINITIONS = "base/files/crd-all.gen.yaml";

/**
 * Istio's charts out of its source, each in a folder of its name, as a repository of charts would have them.
 * @returns their folder in the cache
 * @throws {UserError} when Go is missing, or the module cannot be downloaded
 */
export async function istioCharts(report: Report = () => {}): Promise<string> {
  const folder = folderOfCharts();
  if (!existsSync(folder)) {
    report(`fetching the charts of Istio ${istio}`);
    await store(folder, fetchInto);
  }
  return folder;
}

/** Where Go has unpacked Istio's source. */
export async function istioSource(): Promise<string> {
  await requireGo(`Istio ${istio} comes as a Go module`);
  const options = { log: "istio-source", cwd: join(modulesDir, CLUSTER_MODULE), env: { GOWORK: "off" } };
  const answer = await run("go", ["mod", "download", "-json", MODULE], options).catch((error) => {
    throw withRemedy(error, { name: MODULE, version: istio });
  });
  return (JSON.parse(answer.slice(answer.indexOf("{"))) as { Dir: string }).Dir;
}

async function fetchInto(partial: string): Promise<void> {
  const source = await istioSource();
  for (const [chart, folder] of Object.entries(folders)) {
    await cp(join(source, "manifests/charts", folder), join(partial, chart), { recursive: true });
    for (const [name, replacements] of Object.entries(releaseBuilder)) {
      const file = join(partial, chart, name);
      const text = replacements.reduce(
        (text, [from, to]) => text.replace(from, to),
        await readFile(file, "utf8"),
      );
      await writeFile(file, text);
    }
  }
}

/** Named after what decides what is in it: another version is another folder. */
function folderOfCharts(): string {
  const hash = createHash("sha256")
    .update(readFileSync(join(modulesDir, CLUSTER_MODULE, "go.sum")))
    .update(readFileSync(import.meta.filename));
  return join(toolsDir, `istio-charts-${istio}-${hash.digest("hex").slice(0, 12)}`);
}
