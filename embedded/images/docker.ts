import { join } from "node:path";
import { inScratch } from "../cache";
import { clusterName } from "../cluster/layout";
import { type Report, run } from "../command";
import { imagesDir } from "../paths";

/**
 * The way of machines with Docker and internet access: the services are built from their Dockerfile and handed
 * to kind's node. Where this project is built there is neither, so nothing here has run; keep it small.
 */

const root = join(import.meta.dirname, "../..");
const node = `${clusterName}-control-plane`;
const log = { log: "images" };

/** Milliseconds for kind to bring up its node, pulling the node's image included. */
const NODE_COMES_UP = 300_000;

/** Builds the reference service under every name and loads it into the node, when that is up. */
export async function loadServices(services: string[], report: Report): Promise<void> {
  const tags = services.flatMap((ref) => ["--tag", ref]);
  const dockerfile = join(root, "services/reference/Dockerfile");
  const env = { DOCKER_BUILDKIT: "1" };
  await run("docker", ["build", "--file", dockerfile, ...tags, root], { ...log, env, report });
  await inScratch(imagesDir, async (scratch) => {
    const archive = join(scratch, "services.tar");
    await run("docker", ["save", "--output", archive, ...services], log);
    await run("sh", ["-c", loadScript, node, archive], { ...log, timeout: NODE_COMES_UP, report });
  });
}

/** What `kind load image-archive` does, after waiting for the node; $0 is the node, $1 the archive. */
const loadScript = `
until docker exec "$0" ctr version >/dev/null 2>&1; do sleep 1; done
docker exec --interactive "$0" ctr --namespace k8s.io images import --all-platforms - <"$1"
`;
