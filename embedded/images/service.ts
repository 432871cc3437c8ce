import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleService } from "../../services/reference/build";
import { inScratch } from "../cache";
import { imagesDir } from "../paths";
import type { LayerEntry } from "./layer";
import { MADE_HERE } from "./made-here";
import { nodeVersion } from "./node";
import { type StandIn, searchPath } from "./standins";

/** What services/reference/Dockerfile promises. */
export const serviceContract: StandIn = {
  account: { name: "node", uid: 10001, gid: 10001, home: "/home/node" },
  config: {
    User: "10001:10001",
    Env: [searchPath, `NODE_VERSION=${nodeVersion}`, "NODE_ENV=production"],
    Cmd: ["node", "/app/main.js"],
    WorkingDir: "/app",
    Labels: { [MADE_HERE]: "true" },
  },
};

/** The reference service as it is in this checkout. Bundling takes less than a second, so nothing is cached. */
export async function serviceStandIn(): Promise<StandIn> {
  const content = await inScratch(imagesDir, async (scratch) => {
    const file = join(scratch, "main.js");
    await bundleService(file);
    return readFile(file);
  });
  const main: LayerEntry = { kind: "file", path: "app/main.js", content };
  const home: LayerEntry = { kind: "folder", path: "home/node", uid: 10001, gid: 10001 };
  return { ...serviceContract, entries: [home, main] };
}
