import { createHash } from "node:crypto";
import { KubeConfig } from "@kubernetes/client-node";
import { execa } from "execa";
import { kubeconfig } from "../../../embedded/paths";
import { askPod } from "../../../operations/pod-request";
import { environment, shell, succeed } from "./stack";

export const NAMESPACE = "malai";

/** The embedded cluster. */
export const cluster = new KubeConfig();
cluster.loadFromFile(kubeconfig);

/** `kubectl -n malai …`, which has to succeed. */
export const kubectl = (...args: string[]) => succeed("kubectl", "-n", NAMESPACE, ...args);

/** `kubectl -n malai get … -o json`. */
export const get = async (...args: string[]): Promise<any> =>
  JSON.parse(await kubectl("get", ...args, "-o", "json"));

/** Applies an object on the server, whoever owns its fields. */
export async function applyAs(manager: string, manifest: object): Promise<void> {
  const args = ["-n", NAMESPACE, "apply", "--server-side", "--force-conflicts", "--filename=-"];
  const input = JSON.stringify(manifest);
  await execa("kubectl", [...args, `--field-manager=${manager}`], { env: environment, input });
}

const DECLARED =
  "deployments,statefulsets,services,configmaps,secrets,pvc,hpa,networkpolicies,virtualservices,destinationrules";

/**
 * What a stack has asked for, by "Kind/name", to be compared: nothing that a controller writes, such as a status or the
 * number of replicas of an autoscaler, and nothing that is being deleted, such as a Deployment whose last pods drain. Of a
 * Secret it is the hash.
 */
export async function declared(): Promise<Record<string, string>> {
  const { items } = await get(DECLARED);
  const kept = items.filter(({ metadata }: any) => !metadata.deletionTimestamp);
  return Object.fromEntries(
    kept.map(({ kind, metadata, spec, data }: any) => {
      const asked = kind === "Deployment" ? spec.template : (spec ?? data);
      const content = JSON.stringify([metadata.uid, metadata.labels, asked]);
      return [`${kind}/${metadata.name}`, kind === "Secret" ? sha256(content) : content];
    }),
  );
}

/** What is not what it was: "Kind/name: before -> now". */
export async function changedSince(before: Record<string, string>): Promise<string[]> {
  const now = await declared();
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name]} -> ${now[name]}`);
}

const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

/** The pods of a workload that run and are not being deleted, as they are when an autoscaler takes one away. */
export async function runningPods(app: string, namespace = NAMESPACE): Promise<any[]> {
  const selection = ["-l", `app=${app}`, "--field-selector=status.phase=Running", "-o", "json"];
  const { items } = JSON.parse(await succeed("kubectl", "-n", namespace, "get", "pods", ...selection));
  return items.filter(({ metadata }: any) => !metadata.deletionTimestamp);
}

/** Their names. */
export const podsOf = async (app: string): Promise<string[]> =>
  (await runningPods(app)).map(({ metadata }) => metadata.name);

/** By pod: how often its containers were restarted, over its whole life (`make down` and `make up` count too). */
export async function restartsOf(app: string): Promise<Record<string, number[]>> {
  const { items } = await get("pods", "-l", `app=${app}`);
  return Object.fromEntries(
    items.map((pod: any) => [
      pod.metadata.name,
      pod.status.containerStatuses.map((container: { restartCount: number }) => container.restartCount),
    ]),
  );
}

/** The status code of one pod's own answer, past every Service, the front door and its sidecar; 0 without an answer. */
export async function statusOf(pod: string, port: number, path: string): Promise<number> {
  try {
    return (await askPod(cluster, { namespace: NAMESPACE, pod, port }, path)).status;
  } catch {
    return 0;
  }
}

/** What a reader would look at first when a test has failed. */
export async function diagnosis(namespace = NAMESPACE): Promise<string> {
  const ask = (...args: string[]) => shell("kubectl", "-n", namespace, ...args);
  const pods = await ask("get", "pods", "-o", "wide");
  const events = await ask("get", "events", "--sort-by=.lastTimestamp");
  const { items } = JSON.parse((await ask("get", "pods", "-o", "json")).stdout);
  const broken = items.filter(
    (pod: any) =>
      !pod.status.containerStatuses?.every((container: any) => container.ready || container.state.terminated),
  );
  const logs = await Promise.all(
    broken.map(async ({ metadata: { name } }: { metadata: { name: string } }) => {
      const log = await ask("logs", name, "--all-containers", "--tail=20");
      return `--- ${name}\n${log.all}`;
    }),
  );
  return [pods.all, events.all.split("\n").slice(-25).join("\n"), ...logs].join("\n\n");
}
