import { dirname, join } from "node:path";
import { execa } from "execa";
import { projectDir } from "../../stacks/stack-file";
import { inScratch } from "../cache";
import { type Report, run } from "../command";
import { renameArchive } from "../images/archive";
import { isMadeHere, leftAlone, MADE_HERE } from "../images/made-here";
import type { ImageSource } from "../images/own";
import { imagesDir } from "../paths";
import { clusterName } from "./layout";

/** What the driver for kind asks of Docker. Where this project is built there is none, so keep it small. */

export const NODE_IMAGE = "kindest/node:v1.36.1";

/** Name of kind's node, and of its container. */
export const kindNode = `${clusterName}-control-plane`;

/** Milliseconds that Docker gets to answer. */
const DOCKER_ANSWERS = 10_000;

/** Milliseconds for kind to bring up its node, pulling the node's image included. */
const NODE_COMES_UP = 300_000;

const log = { log: "images" };

/** Whether Docker runs here. */
export const dockerAnswers = () => succeeds("info");

/** Whether Docker has, or can get, the image of the node. */
export const nodeImageIsThere = async () =>
  (await succeeds("image", "inspect", NODE_IMAGE)) || (await succeeds("manifest", "inspect", NODE_IMAGE));

async function succeeds(...args: string[]): Promise<boolean> {
  return (await execa("docker", args, { reject: false, timeout: DOCKER_ANSWERS })).exitCode === 0;
}

/**
 * Builds the reference service under every name and loads it into the node, when that is up. What Docker has under such a
 * name, and was not built here, is loaded as it is.
 */
export async function loadServices(services: string[], report: Report): Promise<void> {
  const madeHere = await Promise.all(services.map(isOurs));
  const imported = services.filter((_, index) => !madeHere[index]);
  const tags = services.filter((ref) => !imported.includes(ref)).flatMap((ref) => ["--tag", ref]);
  const dockerfile = join(projectDir, "services/reference/Dockerfile");
  const env = { DOCKER_BUILDKIT: "1" };
  const args = ["build", "--label", `${MADE_HERE}=true`, "--file", dockerfile, ...tags, projectDir];
  if (tags.length > 0) await run("docker", args, { ...log, env, report });
  await loadIntoNode(services, report);
  if (imported.length > 0) report(leftAlone(imported));
}

/** Brings a team's own image into Docker, where {@link loadServices} finds it ever after, and into the node. */
export async function loadOwn(source: ImageSource, ref: string, report: Report): Promise<void> {
  if ("dockerfile" in source) {
    const { dockerfile } = source;
    const args = ["build", "--file", dockerfile, "--tag", ref, dirname(dockerfile)];
    await run("docker", args, { ...log, report });
  } else {
    await inScratch(imagesDir, async (scratch) => {
      const archive = join(scratch, "image.tar");
      await renameArchive(source.archive, archive, ref);
      await run("docker", ["load", "--input", archive], log);
    });
  }
  await loadIntoNode([ref], report);
  report("loaded into kind's node");
}

function loadIntoNode(refs: readonly string[], report: Report): Promise<void> {
  return inScratch(imagesDir, async (scratch) => {
    const archive = join(scratch, "services.tar");
    await run("docker", ["save", "--output", archive, ...refs], log);
    await run("sh", ["-c", loadScript, kindNode, archive], { ...log, timeout: NODE_COMES_UP, report });
  });
}

/** Whether Docker has no image of that name, or one that was built here. */
async function isOurs(ref: string): Promise<boolean> {
  const args = ["image", "inspect", "--format", "{{json .Config}}", ref];
  const { exitCode, stdout } = await execa("docker", args, { reject: false, timeout: DOCKER_ANSWERS });
  return exitCode !== 0 || isMadeHere({ config: JSON.parse(stdout) });
}

/** What `kind load image-archive` does, after waiting for the node; $0 is the node, $1 the archive. */
const loadScript = `
until docker exec "$0" ctr version >/dev/null 2>&1; do sleep 1; done
docker exec --interactive "$0" ctr --namespace k8s.io images import --all-platforms - <"$1"
`;
