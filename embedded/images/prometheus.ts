import { readFile, writeFile } from "node:fs/promises";
import type { Report } from "../command";
import { toolchain } from "../toolchain";
import { cachedLayer } from "./cache";
import { type Blob, tarOf } from "./layer";

/** The layer with Prometheus of the toolchain, at the place that the official image has it. */
export function prometheusLayer(report: Report): Promise<Blob> {
  const program = toolchain().path("prometheus");
  return cachedLayer("prometheus", { program }, async (file) => {
    report("packing Prometheus");
    const content = await readFile(program);
    await writeFile(file, await tarOf([{ kind: "file", path: "usr/bin/prometheus", content, mode: 0o755 }]));
  });
}
