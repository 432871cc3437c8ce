import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { fileOf } from "../../../stacks/stack-file";
import { root, succeed } from "./stack";

/**
 * Brings a stack up with some settings in the place of its own, which stay in their file.
 * @param settings by their keys without the prefix
 * @returns what brings it back
 */
export async function temporarily(
  settings: Record<string, object>,
  stack = "dev",
): Promise<() => Promise<void>> {
  const text = readFileSync(join(root, fileOf(stack)), "utf8");
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(settings)) {
    const before = document.toJS().config[`platform:${key}`];
    document.setIn(["config", `platform:${key}`], { ...before, ...value });
  }
  await up(stack, document.toString());
  return () => up(stack, text);
}

async function up(stack: string, text: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  try {
    const copy = join(folder, fileOf(stack));
    writeFileSync(copy, text);
    await succeed("pulumi", "up", "--stack", stack, "--config-file", copy, "--yes", "--skip-preview");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
