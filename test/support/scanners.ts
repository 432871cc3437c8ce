import { join } from "node:path";
import { obtainLacking } from "../../embedded/toolchain";
import { folderOf } from "../../embedded/toolchain/folders";
import type { Tool } from "../../embedded/toolchain/tool";
import { ofPrometheus } from "../../embedded/toolchain/tools";

/** What the tests look at the rendered objects and the workflows with. Built from source: only the tests need them. */
export const scanners: readonly Tool[] = [
  ofPrometheus("promtool"),
  scanner("kube-score", "1.20.0", "version", "github.com/zegl/kube-score/cmd/kube-score"),
  scanner("kubeconform", "0.7.0", "-v", "github.com/yannh/kubeconform/cmd/kubeconform"),
  scanner(
    "actionlint",
    "1.7.12",
    "-version",
    "github.com/rhysd/actionlint/cmd/actionlint",
    "github.com/rhysd/actionlint",
  ),
];

/**
 * Makes a scanner available.
 * @returns path of its executable
 * @throws {UserError} when Go is missing or too old, or modules cannot be downloaded
 */
export async function ensureScanner(
  name: "promtool" | "kube-score" | "kubeconform" | "actionlint",
): Promise<string> {
  const tool = scanners.find((one) => one.name === name) as Tool;
  await obtainLacking([tool], () => {});
  return join(folderOf(tool), name);
}

/** @param stamped package with the variable that tells the version */
function scanner(name: string, version: string, asked: string, path: string, stamped = "main"): Tool {
  const source = { module: name, packages: [path], stamps: { [`${stamped}.version`]: version } };
  return { name, version, executables: { [name]: [asked] }, sources: [source] };
}
