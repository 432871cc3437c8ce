import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { root, succeed } from "./stack";

const FILE = "Pulumi.dev.yaml";

/**
 * Brings the dev stack up with some settings in the place of its own, which stay in their file.
 * @param settings by their keys without the prefix
 * @returns what brings it back
 */
export async function temporarily(settings: Record<string, object>): Promise<() => Promise<void>> {
  const text = readFileSync(join(root, FILE), "utf8");
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(settings)) {
    const before = document.toJS().config[`platform:${key}`];
    document.setIn(["config", `platform:${key}`], { ...before, ...value });
  }
  await up(document.toString());
  return () => up(text);
}

async function up(text: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  try {
    const copy = join(folder, FILE);
    writeFileSync(copy, text);
    await succeed("pulumi", "up", "--stack", "dev", "--config-file", copy, "--yes", "--skip-preview");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
