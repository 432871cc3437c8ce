import { ApiException, AppsV1Api, type V1Deployment } from "@kubernetes/client-node";
import { fileOf } from "../../stacks/stack-file";
import { changesOf, describeChange } from "../stack/automation";
import type { Place } from "./place";

/** How many changes of others are named. */
const MOST_NAMED = 5;

/**
 * What differs between a stack's file, as it is, and what serves: a release from a colleague's checkout would bring the
 * version before back in its first step, and that of everything else, too.
 * @returns one line each, with what to do
 */
export async function staleFile(place: Place): Promise<string[]> {
  const { stack } = place;
  const another = anotherVersion(place, await readDeployment(place));
  // What a preview would say is the same once more.
  if (another) return [another];
  const changes = (await changesOf(stack)).map(describeChange);
  if (changes.length === 0) return [];
  const more = changes.length > MOST_NAMED ? `, and ${changes.length - MOST_NAMED} more` : "";
  return [
    `${changes.length === 1 ? "1 change is" : `${changes.length} changes are`} pending that are no part of it: ` +
      `${changes.slice(0, MOST_NAMED).join(", ")}${more}; bring them up first: pulumi up --stack ${stack.name}`,
  ];
}

/** That the Deployment runs another version than the file says. */
function anotherVersion({ stack, service }: Place, deployment: V1Deployment | undefined): string | undefined {
  const { metadata, spec } = deployment?.spec?.template ?? {};
  const image = spec?.containers.find(({ name }) => name === service.name)?.image;
  const version = metadata?.labels?.version;
  if (!image || (image === service.image && version === service.version)) return undefined;
  return (
    `${fileOf(stack.name)} says that ${service.version} (${service.image}) serves, and ${version} (${image}) does: ` +
    `take the file that was committed after it was released (git pull), or bring this one up: pulumi up --stack ${stack.name}`
  );
}

async function readDeployment({ cluster, stack, service }: Place): Promise<V1Deployment | undefined> {
  const { namespace } = stack.plan;
  try {
    return await cluster.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace, name: service.name });
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}
