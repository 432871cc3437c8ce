import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { istio } from "../../components/versions";
import { type Report, run } from "../command";
import { toolsDir } from "../paths";
import { modulesDir, requireGoVersion, withRemedy } from "./source";
import { store } from "./store";

/** Module that Istio publishes its definitions in; its go.sum here says what the file must be. */
const MODULE = "istio.io/api";
const GO_NEEDED = [1, 24, 0] as const;

const published = "customresourcedefinitions.gen.yaml";
const parsed = "definitions.json";

/** A CustomResourceDefinition, as far as it matters here. */
export interface Definition {
  apiVersion: string;
  kind: string;
  metadata: { name: string; [field: string]: unknown };
  [field: string]: unknown;
}

/**
 * Istio's CustomResourceDefinitions as it publishes them, fetched once a machine.
 * @returns path of the YAML file in the cache
 * @throws {UserError} when Go is missing, or the module cannot be downloaded
 */
export async function istioCrds(report: Report = () => {}): Promise<string> {
  const folder = folderOfCrds();
  if (!existsSync(folder)) {
    report(`fetching the definitions of Istio ${istio}`);
    await store(folder, fetchInto);
  }
  return join(folder, published);
}

/** The same, read. {@link istioCrds} has made them: reading a megabyte of YAML takes a second, of JSON none. */
export function istioDefinitions(): Definition[] {
  return JSON.parse(readFileSync(join(folderOfCrds(), parsed), "utf8"));
}

async function fetchInto(folder: string): Promise<void> {
  await requireGoVersion(GO_NEEDED, `the definitions of Istio ${istio} come as a Go module`);
  const cwd = join(modulesDir, "istio-api");
  const args = ["mod", "download", "-json", MODULE];
  const answer = await run("go", args, { log: "istio-api", cwd, env: { GOWORK: "off" } }).catch((error) => {
    throw withRemedy(error, { name: MODULE, version: istio });
  });
  const { Dir } = JSON.parse(answer.slice(answer.indexOf("{"))) as { Dir: string };
  const file = join(folder, published);
  await copyFile(join(Dir, "kubernetes", published), file);
  const definitions = parseAllDocuments(readFileSync(file, "utf8")).flatMap(
    (document) => document.toJS() ?? [],
  );
  await writeFile(join(folder, parsed), JSON.stringify(definitions));
}

/** Named after what pins the module: another version is another folder. */
function folderOfCrds(): string {
  const hash = createHash("sha256").update(readFileSync(join(modulesDir, "istio-api", "go.sum")));
  return join(toolsDir, `istio-api-${istio}-${hash.digest("hex").slice(0, 12)}`);
}
