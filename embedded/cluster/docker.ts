import { join } from "node:path";
import { execa } from "execa";
import { projectDir } from "../../stacks/stack-file";
import { inScratch } from "../cache";
import { type Report, run } from "../command";
import { isMadeHere, leftAlone, MADE_HERE } from "../images/made-here";
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
 * Builds the reference service under every name and loads it into the node, when that is up. An image that Docker has under
 * such a name, and was not built here, is loaded as it is; one that the node has stays.
 */
export async function loadServices(services: string[], report: Report): Promise<void> {
  const imported = await filterAsync(services, isImported);
  const built = services.filter((ref) => !imported.includes(ref));
  if (built.length > 0) await buildReferenceService(built, report);
  await run("sh", ["-c", waitScript, kindNode], { ...log, timeout: NODE_COMES_UP, report });
  const inNode = await filterAsync(services, isImportedInNode);
  const loaded = services.filter((ref) => !inNode.includes(ref));
  if (loaded.length > 0) await loadImages(loaded, report);
  const alone = [...new Set([...imported, ...inNode])];
  if (alone.length > 0) report(leftAlone(alone));
}

async function buildReferenceService(names: readonly string[], report: Report): Promise<void> {
  const tags = names.flatMap((ref) => ["--tag", ref]);
  const dockerfile = join(projectDir, "services/reference/Dockerfile");
  const env = { DOCKER_BUILDKIT: "1" };
  const label = ["--label", `${MADE_HERE}=true`];
  await run("docker", ["build", "--file", dockerfile, ...label, ...tags, projectDir], {
    ...log,
    env,
    report,
  });
}

async function loadImages(names: readonly string[], report: Report): Promise<void> {
  await inScratch(imagesDir, async (scratch) => {
    const archive = join(scratch, "services.tar");
    await run("docker", ["save", "--output", archive, ...names], log);
    await run("sh", ["-c", loadScript, kindNode, archive], { ...log, timeout: NODE_COMES_UP, report });
  });
}

/** Whether Docker has an image of that name that was not built here. */
async function isImported(ref: string): Promise<boolean> {
  const inspected = await answerOf("image", "inspect", "--format", "{{json .Config}}", ref);
  return inspected !== undefined && !isMadeHere({ config: JSON.parse(inspected) });
}

/** Whether the node has one. */
async function isImportedInNode(ref: string): Promise<boolean> {
  const inspected = await answerOf("exec", kindNode, "crictl", "inspecti", "--output", "json", ref);
  return inspected !== undefined && !isMadeHere(JSON.parse(inspected).info?.imageSpec ?? {});
}

/** What Docker says; nothing where it has no such thing. */
async function answerOf(...args: string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await execa("docker", args, { reject: false, timeout: DOCKER_ANSWERS });
  return exitCode === 0 ? stdout : undefined;
}

async function filterAsync<T>(all: readonly T[], test: (one: T) => Promise<boolean>): Promise<T[]> {
  const passed = await Promise.all(all.map(test));
  return all.filter((_, index) => passed[index]);
}

/** $0 is the node. */
const waitScript = 'until docker exec "$0" ctr version >/dev/null 2>&1; do sleep 1; done';

/** What `kind load image-archive` does; $0 is the node, $1 the archive. */
const loadScript = `
docker exec --interactive "$0" ctr --namespace k8s.io images import --all-platforms - <"$1"
`;
