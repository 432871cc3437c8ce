import { isNotFound } from "../../../embedded/plugins/kubernetes/errors";
import type { KubeObject } from "../../../embedded/plugins/kubernetes/object";
import { follow } from "../../../embedded/plugins/kubernetes/watch";
import type { ApiServer } from "./api-server";

/** What the pretended kubelet makes of a pod: the status it reports. */
export type Behaviour = (pod: KubeObject) => object;

const started = new Date().toISOString();

/** Every container runs and is ready. */
export const healthy: Behaviour = (pod) => ({
  phase: "Running",
  conditions: [condition("PodScheduled", true), condition("Ready", true)],
  containerStatuses: containers(pod, { running: { startedAt: started } }, true),
});

/** The image of every container is nowhere to be had. */
export const withoutImage: Behaviour = (pod) => ({
  phase: "Pending",
  conditions: [condition("PodScheduled", true), condition("Ready", false)],
  containerStatuses: containers(
    pod,
    { waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } },
    false,
  ),
});

/** Every container crashes soon after its start. */
export const crashing: Behaviour = (pod) => ({
  phase: "Running",
  conditions: [condition("PodScheduled", true), condition("Ready", false)],
  containerStatuses: containers(
    pod,
    { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } },
    false,
    {
      terminated: { exitCode: 1, reason: "Error", startedAt: started, finishedAt: started },
    },
  ),
});

/** No node takes the pod. */
export const unschedulable: Behaviour = () => ({
  phase: "Pending",
  conditions: [
    {
      ...condition("PodScheduled", false),
      reason: "Unschedulable",
      message: "0/1 nodes are available: Insufficient cpu.",
    },
  ],
});

/** Gives every pod of a namespace the status that `behaviour` says, until `stop` is called; deletes what is to be deleted. */
export function kubelet(
  server: ApiServer,
  namespace: string,
  behaviour: Behaviour,
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const done = new Set<string>();
  const running = follow(server.client, { path }, stopped.signal, (pods) => {
    for (const pod of pods)
      handle(pod).catch((error: Error) => console.error(`kubelet of a test: ${error.message}`));
  });
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };

  async function handle(pod: KubeObject): Promise<void> {
    const { name, uid, deletionTimestamp } = pod.metadata;
    const key = `${uid}${deletionTimestamp ? " deleted" : ""}`;
    if (done.has(key)) return;
    done.add(key);
    if (deletionTimestamp) await remove(name);
    else await server.request("PATCH", `${path}/${name}/status`, { status: behaviour(pod) });
  }

  /** Without a node the controllers may remove it as well, and be faster. */
  async function remove(name: string): Promise<void> {
    await server.request("DELETE", `${path}/${name}`, { gracePeriodSeconds: 0 }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

function condition(type: string, ok: boolean) {
  return { type, status: ok ? "True" : "False", lastTransitionTime: started };
}

function containers(pod: KubeObject, state: object, ready: boolean, lastState: object = {}) {
  const specs = (pod.spec as { containers: { name: string; image: string }[] }).containers;
  return specs.map(({ name, image }) => ({
    name,
    image,
    imageID: image,
    ready,
    restartCount: ready ? 0 : 2,
    state,
    lastState,
  }));
}
