import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ensureDebian } from "../../support/debian";

const run = promisify(execFile);

/**
 * A real nginx: this machine's, or that of Debian's package.
 * @throws when there is neither
 */
export async function ensureNginx(): Promise<string> {
  const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin"];
  const installed = places.map((place) => join(place, "nginx")).find((file) => existsSync(file));
  if (installed) return installed;
  const binary = await ensureDebian("nginx", "usr/sbin/nginx").catch((error: Error) => {
    throw new Error(`there is no nginx on this machine; install it: ${error.message}`);
  });
  await run(binary, ["-v"]);
  return binary;
}
