import type { Awaiter } from "./await/awaiter";
import type { Client } from "./client";
import { deadline } from "./deadline";
import { ApiError } from "./errors";
import { type KubeObject, listAt } from "./object";

/** Why a pod is not ready. */
export interface Problem {
  text: string;
  /** It will hardly go away by itself. */
  grave: boolean;
  /** Whose log tells more, when it crashed. */
  crashed?: { pod: KubeObject; container: string; previous: boolean };
}

interface ContainerStatus {
  name: string;
  image: string;
  ready: boolean;
  restartCount: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: object;
  terminated?: { exitCode: number; reason?: string; message?: string; signal?: number };
}

/** Waiting reasons that every start goes through. */
const passing: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing"]);

const LOG_LINES = 10;
const EVENTS_SHOWN = 5;
/** Seconds for a question that is only asked to explain a failure. */
const PATIENCE = 5;

/** What its status says against one pod. */
export function podProblems(pod: KubeObject): Problem[] {
  const unscheduled = listAt<{ type: string; status: string; message?: string }>(
    pod,
    "status",
    "conditions",
  ).find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled)
    return [{ text: `pod ${pod.metadata.name} cannot be scheduled: ${unscheduled.message}`, grave: true }];
  // A sidecar is listed among the init containers, and never ends.
  const sidecars = listAt<{ name: string; restartPolicy?: string }>(pod, "spec", "initContainers")
    .filter(({ restartPolicy }) => restartPolicy === "Always")
    .map(({ name }) => name);
  const init = listAt<ContainerStatus>(pod, "status", "initContainerStatuses").filter(
    ({ name, ready }) => !(ready && sidecars.includes(name)),
  );
  const main = listAt<ContainerStatus>(pod, "status", "containerStatuses");
  const ofInit = init.flatMap((status) => containerProblems(pod, status, "init container"));
  // The containers wait for the init containers and have nothing to say of their own.
  return ofInit.length > 0 ? ofInit : main.flatMap((status) => containerProblems(pod, status, "container"));
}

function containerProblems(pod: KubeObject, status: ContainerStatus, what: string): Problem[] {
  const where = `${what} ${status.name} of pod ${pod.metadata.name}`;
  const { waiting, terminated, running } = status.state ?? {};
  const crash = terminated ?? status.lastState?.terminated;
  const crashed = { pod, container: status.name, previous: !terminated };
  if (waiting?.reason === "CrashLoopBackOff" || (terminated && terminated.exitCode !== 0)) {
    const cause = crash ? `${crash.reason ?? "Error"}, exit code ${crash.exitCode}` : "it ends at once";
    return [{ text: `${where} crashed (${cause}; ${status.restartCount} restarts)`, grave: true, crashed }];
  }
  if (waiting && !passing.has(waiting.reason ?? "")) {
    const image = /image/i.test(waiting.reason ?? "") ? ` ${status.image}` : "";
    return [
      {
        text: `${where}: ${waiting.reason}${image}${waiting.message ? `: ${waiting.message}` : ""}`,
        grave: true,
      },
    ];
  }
  if (what === "init container") return running ? [{ text: `${where} has not ended yet`, grave: false }] : [];
  return running && !status.ready ? [{ text: `${where} runs but is not ready`, grave: false }] : [];
}

/** What the pods of an object say, without asking further. */
export async function problemsOf(
  client: Client,
  awaiter: Awaiter,
  object: KubeObject,
  signal: AbortSignal,
): Promise<Problem[]> {
  const pods = await podsOf(client, awaiter, object, signal);
  return pods.flatMap(podProblems);
}

/**
 * All that the cluster knows of why an object is not ready: its pods, the last lines of those that crashed, and the warnings
 * among the events of both. A question that fails adds its own reason.
 */
export async function explain(client: Client, awaiter: Awaiter, object: KubeObject): Promise<string[]> {
  const patience = deadline(undefined, PATIENCE);
  const { signal } = patience;
  try {
    const pods = awaiter.podLabels ? await podsOf(client, awaiter, object, signal) : [];
    const problems = pods.flatMap(podProblems);
    const described = await Promise.all(problems.map((problem) => withLog(client, problem, signal)));
    const troubled = pods.filter((pod) => podProblems(pod).length > 0);
    const events = await warningsOf(client, [object, ...troubled], signal);
    return [...described, ...events];
  } catch (error) {
    return [`the cluster could not be asked for reasons: ${(error as Error).message}`];
  } finally {
    patience.end();
  }
}

async function podsOf(
  client: Client,
  awaiter: Awaiter,
  object: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  if (object.kind === "Pod") return [object];
  const labels = awaiter.podLabels?.(object);
  if (!labels) return [];
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const path = `/api/v1/namespaces/${object.metadata.namespace}/pods`;
  // Version 0 is answered from the API server's cache.
  const query = { labelSelector, resourceVersion: "0" };
  const { items } = await client.request<{ items: KubeObject[] }>("GET", path, { query, signal });
  return items.filter(({ metadata }) => !metadata.deletionTimestamp);
}

async function withLog(client: Client, { text, crashed }: Problem, signal: AbortSignal): Promise<string> {
  if (!crashed) return text;
  const { pod, container, previous } = crashed;
  const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/log`;
  const query = { container, previous: String(previous), tailLines: String(LOG_LINES) };
  const log = await client.text("GET", path, { query, signal }).catch((error: unknown) => {
    if (error instanceof ApiError) return `(its log: ${error.message})`;
    throw error;
  });
  const lines = log.trimEnd().split("\n").filter(Boolean);
  return [text, ...lines.map((line) => `    | ${line}`)].join("\n");
}

interface Event {
  type: string;
  reason: string;
  message: string;
  count?: number;
  involvedObject: { kind: string; name: string; uid?: string };
  metadata: KubeObject["metadata"];
}

/** The warnings about these objects, and about the ReplicaSets in between; each text once, the latest last. */
async function warningsOf(client: Client, objects: KubeObject[], signal: AbortSignal): Promise<string[]> {
  const [first] = objects;
  const namespace = first?.metadata.namespace;
  if (!first || !namespace) return [];
  const path = `/api/v1/namespaces/${namespace}/events`;
  const { items } = await client.request<{ items: Event[] }>("GET", path, {
    query: { fieldSelector: "type=Warning" },
    signal,
  });
  const names = new Set(objects.map(({ metadata }) => metadata.name));
  const concerned = items.filter(
    ({ involvedObject: { kind, name } }) =>
      names.has(name) ||
      (kind === "ReplicaSet" && first.kind === "Deployment" && name.startsWith(`${first.metadata.name}-`)),
  );
  const texts = concerned.map(
    ({ involvedObject, reason, message }) =>
      `${involvedObject.kind} ${involvedObject.name}: ${reason}: ${message}`,
  );
  return [...new Set(texts)].slice(-EVENTS_SHOWN);
}
