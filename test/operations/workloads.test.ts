import type { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { readPods } from "../../operations/release/pods";
import { readStack } from "../../operations/stack/stack-file";
import { listWorkloads } from "../../operations/workloads";
import { CannedCluster } from "../support/canned-cluster";

const LABELS = { app: "auth-service", track: "canary", version: "v2" };

/** A pod of auth-service's second version, and who has made it. */
const pod = (name: string, owner: string, phase: string, ready: boolean, status: object = {}) => ({
  metadata: {
    name,
    uid: name,
    namespace: "malai",
    labels: LABELS,
    ownerReferences: [{ kind: owner, name: "x", uid: "x", apiVersion: "v1", controller: true }],
  },
  spec: { containers: [{ name: "auth-service" }] },
  status: {
    phase,
    conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    containerStatuses: [
      { name: "auth-service", ready, restartCount: 0, state: ready ? { running: {} } : {} },
    ],
    ...status,
  },
});

const deployment = (readyReplicas: number) => ({
  metadata: { name: "auth-service-v2", generation: 1 },
  spec: {
    replicas: 2,
    selector: { matchLabels: LABELS },
    template: { spec: { containers: [{ image: "x/auth-service:2.0.0" }] } },
  },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas },
});

describe("Pods that count as a workload's", () => {
  const canned = new CannedCluster();
  let cluster: KubeConfig;
  before(async () => {
    cluster = await canned.open();
  });
  after(() => canned.close());

  const done = pod("migrate-1", "Job", "Succeeded", false);
  const failed = pod("migrate-2", "Job", "Failed", false, { reason: "DeadlineExceeded" });

  it("[R55] of a release are none that a Job with the same labels has ended with", async () => {
    const [service] = readStack("dev").plan.services.filter(({ name }) => name === "auth-service");
    if (!service) throw new Error("dev has no auth-service");
    canned.namespace("malai", { pods: [pod("a", "ReplicaSet", "Running", true), done, failed] });
    const { ready, all, names, reason } = await readPods({
      cluster,
      namespace: "malai",
      service,
      version: "v2",
    });
    expect({ ready, all, names, reason }).to.deep.equal({
      ready: 1,
      all: 1,
      names: ["a"],
      reason: undefined,
    });
  });

  it("[N3] are not those of a cron job's runs, which come and go: one that failed keeps no command waiting", async () => {
    const job = (name: string, owner?: string) => ({
      metadata: {
        name,
        ...(owner && {
          ownerReferences: [{ kind: "CronJob", name: owner, uid: "x", apiVersion: "batch/v1" }],
        }),
      },
      spec: { completions: 1, template: { spec: { containers: [{ image: "x/report:1" }] } } },
      status: {
        succeeded: 0,
        conditions: [{ type: "Failed", status: "True", message: "BackoffLimitExceeded" }],
      },
    });
    canned.namespace("malai", { jobs: [job("report-29", "report"), job("seed")] });
    const found = await listWorkloads(cluster, "malai");
    expect(found.map(({ name, ready }) => [name, ready])).to.deep.equal([["seed", false]]);
  });

  it("[R55] of a Deployment are not a Job's: why that failed is no reason of the Deployment's", async () => {
    const starting = pod("b", "ReplicaSet", "Running", false, { containerStatuses: [] });
    canned.namespace("malai", {
      deployments: [deployment(1)],
      pods: [pod("a", "ReplicaSet", "Running", true), starting, done, failed],
    });
    const [workload] = await listWorkloads(cluster, "malai");
    expect(workload).to.include({ kind: "Deployment", ready: false, reason: "is starting" });
  });

  it("[R56] tell why their container crashed by the line that says so", async () => {
    const crashed = {
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 3 } },
    };
    const containerStatuses = [{ name: "auth-service", ready: false, restartCount: 2, ...crashed }];
    canned.namespace("malai", {
      deployments: [deployment(1)],
      pods: [pod("b", "ReplicaSet", "Running", false, { containerStatuses })],
    });
    canned.logs["/api/v1/namespaces/malai/pods/b/log"] =
      'ERROR:    Traceback (most recent call last):\n  File "/app/main.py", line 12\nRuntimeError: DATABASE_URL is not set\n\nERROR:    Application startup failed. Exiting.\n';
    const why = "CrashLoopBackOff: auth-service ended with 3: RuntimeError: DATABASE_URL is not set";
    const [workload] = await listWorkloads(cluster, "malai");
    expect(workload?.reason).to.equal(why);
    const [service] = readStack("dev").plan.services.filter(({ name }) => name === "auth-service");
    if (!service) throw new Error("dev has no auth-service");
    const pods = await readPods({ cluster, namespace: "malai", service, version: "v2" });
    expect(pods.reason).to.equal(`b: ${why}`);
  });
});
