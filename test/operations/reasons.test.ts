import type { CoreV1Event, V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";
import { reasonOf } from "../../operations/reasons";

/** A pod with one container in a state. */
function pod(container: object, { conditions = [], ...status }: Record<string, any> = {}): V1Pod {
  const containerStatuses = [
    { name: "app", ready: false, restartCount: 0, state: {}, lastState: {}, ...container },
  ];
  return { status: { phase: "Pending", conditions, containerStatuses, ...status } } as V1Pod;
}

const warning = (message: string, minute: number) =>
  ({ type: "Warning", message, lastTimestamp: new Date(2026, 0, 1, 12, minute) }) as CoreV1Event;

const textOf = (pod: V1Pod, ...events: CoreV1Event[]) => reasonOf(pod, events)?.text;

describe("Why a pod is not ready", () => {
  it("has no answer for one that is", () => {
    expect(reasonOf(pod({}, { conditions: [{ type: "Ready", status: "True" }] }), [])).to.equal(undefined);
    expect(reasonOf(pod({}, { phase: "Succeeded" }), [])).to.equal(undefined);
  });

  it("an image that cannot be pulled", () => {
    const waiting = { reason: "ImagePullBackOff", message: 'Back-off pulling image "malai/auth:2"' };
    expect(textOf(pod({ state: { waiting } }))).to.equal(
      'ImagePullBackOff: Back-off pulling image "malai/auth:2"',
    );
  });

  it("a container that crashes, and which one to ask for its last words", () => {
    const crash = {
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 1 } },
    };
    expect(reasonOf(pod(crash), [])).to.include({
      text: "CrashLoopBackOff: app ended with 1",
      crashed: "app",
    });
    const killed = { state: { terminated: { exitCode: 137, reason: "OOMKilled" } } };
    expect(textOf(pod(killed))).to.equal("app was killed: over its memory limit");
  });

  it("a container that has crashed, and is starting again", () => {
    const again = pod({ state: { running: {} }, lastState: { terminated: { exitCode: 1 } } });
    expect(reasonOf(again, [])).to.include({
      text: "app ended with 1, and is starting again",
      crashed: "app",
    });
    expect(textOf(again, warning("Readiness probe failed: refused", 1))).to.equal(
      "app ended with 1, and is starting again: Readiness probe failed: refused",
    );
    const afresh = pod({ state: { running: {} }, lastState: { terminated: { exitCode: 0 } } });
    expect(textOf(afresh)).to.equal("is starting");
  });

  it("[R57] no node that has room for it, or takes it", () => {
    const unscheduled = (message: string) =>
      textOf(pod({}, { conditions: [{ type: "PodScheduled", status: "False", message }] }));
    for (const message of ["0/1 nodes: 1 Insufficient memory.", "0/4 nodes: 3 Too many pods."]) {
      expect(unscheduled(message)).to.equal(`unschedulable, no room on any node: ${message}`);
    }
    const taint = "0/1 nodes: 1 node(s) had untolerated taint";
    expect(unscheduled(taint)).to.equal(`unschedulable: ${taint}`);
  });

  it("a probe that fails, in the newest words of the kubelet", () => {
    const running = pod({ state: { running: {} } }, { phase: "Running" });
    const events = [warning("Readiness probe failed: 503", 5), warning("Readiness probe failed: refused", 1)];
    expect(textOf(running, ...events)).to.equal("Readiness probe failed: 503");
  });

  it("not a sidecar, which is listed among the init containers and never ends", () => {
    const initContainerStatuses = [{ name: "istio-proxy", ready: true, state: { running: {} } }];
    const injected = {
      ...pod({ state: { running: {} } }, { initContainerStatuses }),
      spec: { initContainers: [{ name: "istio-proxy", restartPolicy: "Always" }] },
    } as unknown as ReturnType<typeof pod>;
    expect(textOf(injected)).to.equal("is starting");
  });

  it("an init container that still waits", () => {
    const initContainerStatuses = [{ name: "wait-for-postgres", ready: false, state: { running: {} } }];
    const waiting = { state: { waiting: { reason: "PodInitializing" } } };
    expect(textOf(pod(waiting, { initContainerStatuses }))).to.equal(
      "waits in init container wait-for-postgres",
    );
  });
});
