import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import type { Embed, Source } from "./tool";

/**
 * Makes the files that a main package of ours embeds and its module does not hold, and a file for `go build -overlay` that
 * puts them beside it: nothing generated is ever in the checkout.
 * @param folder where the files are made
 * @returns the arguments for `go build`, none where nothing is embedded
 * @throws {CommandFailure} when the module cannot be downloaded
 */
export async function overlayArguments(
  { module, embeds = [] }: Source,
  goModule: string,
  folder: string,
): Promise<string[]> {
  if (embeds.length === 0) return [];
  const replaced: Record<string, string> = {};
  for (const [index, embed] of embeds.entries()) {
    const made = join(folder, `${index}.json`);
    await writeFile(made, await textOf(embed, module, goModule));
    replaced[join(goModule, embed.as)] = made;
  }
  const overlay = join(folder, "overlay.json");
  await writeFile(overlay, JSON.stringify({ Replace: replaced }));
  return ["-overlay", overlay];
}

/** Without white space: the provider's schema is 7 MB with it, and is held in memory. */
async function textOf({ from, path, set }: Embed, module: string, goModule: string): Promise<string> {
  const folder = await run("go", ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", from], {
    log: `build-${module}`,
    cwd: goModule,
  });
  return JSON.stringify({ ...JSON.parse(await readFile(join(folder, path), "utf8")), ...set });
}
