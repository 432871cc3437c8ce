import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { UserError } from "../../model/user-error";
import { type Report, run } from "../command";
import { kubeconfig, toolsDir } from "../paths";
import type { Toolchain } from "../toolchain/tool";
import { kindNode, loadOwn, loadServices, NODE_IMAGE } from "./docker";
import type { Driver } from "./driver";
import { allForwards, currentExtras, type Extras, keepExtras } from "./extras";
import { clusterName } from "./layout";
import { forwardAt } from "./network/ports";

/**
 * The driver for machines with Docker and internet access: kind, with the same front doors. Where this project is
 * built there is neither, so only the configuration that it generates is tested.
 */

const KIND_VERSION = "v0.32.0";
const METRICS_SERVER =
  "https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.9.0/components.yaml";
const log = { log: "kind" };

export const kindDriver: Driver = {
  name: "kind",
  simulatesNodes: false,
  // It does so by itself.
  preflight: async () => {},
  installPackages: async () => {},
  // All of it is in the node's image.
  tools: () => [],
  fetchLayers: async () => {},
  startRuntime: async () => {},
  start,
  // It pulls all others.
  ensureImages: ({ services }, report) => loadServices(services, report),
  importImage: loadOwn,
  istioReplacements: async () => [],
  isRunning,
  stop,
  remove,
};

/** The ways in to this repository's own stacks, which are there from the start. */
export const OWN_STACKS: Extras["forwards"] = {
  dev: { 8443: 30443, 30080: 30080, 30443: 30443 },
  "dealcycle-dev": { 9443: 31443, 31080: 31080, 31443: 31443 },
};

/** What `kind create cluster --config` reads. Docker publishes ports of a container only when it makes it. */
export function kindConfig(extras: Extras): string {
  return stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: clusterName,
    nodes: [
      {
        role: "control-plane",
        image: NODE_IMAGE,
        extraPortMappings: allForwards(extras).map(([port, containerPort]) => ({
          listenAddress: forwardAt(port).address,
          hostPort: Number(port),
          containerPort,
        })),
      },
    ],
  });
}

/** The storage class `local`, made of the provisioner that kind brings, in place of its own default. */
const storageClasses = Object.entries({ local: true, standard: false }).map(([name, isDefault]) => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) } },
  provisioner: "rancher.io/local-path",
  volumeBindingMode: "WaitForFirstConsumer",
}));

/** @throws {UserError} when the cluster was created without the ways in that are asked for */
async function start(tools: Toolchain, extras: Extras, report: Report): Promise<void> {
  const kind = await ensureKind(report);
  const existing = (await run(kind, ["get", "clusters"], log)).split("\n");
  if (existing.includes(clusterName)) {
    const published = new Map(allForwards(currentExtras()));
    const missing = allForwards(extras).filter(([port, nodePort]) => published.get(port) !== nodePort);
    if (missing.length > 0) {
      throw new UserError(
        `kind's node was made without a way from port ${missing.map((way) => way.join(" to ")).join(", port ")}`,
        "Docker adds none to a container: run make purge, then make up; or use EMBEDDED_CLUSTER=node",
      );
    }
    await run("docker", ["start", kindNode], log);
    await run(kind, ["export", "kubeconfig", "--name", clusterName, "--kubeconfig", kubeconfig], log);
  } else {
    const create = ["create", "cluster", "--kubeconfig", kubeconfig, "--config", "-", "--wait", "120s"];
    const ways = { ...extras, forwards: { ...OWN_STACKS, ...extras.forwards } };
    await run(kind, create, { ...log, input: kindConfig(ways), report });
    keepExtras(ways);
  }
  const apply = (args: string[], input?: string) =>
    run(tools.path("kubectl"), ["--kubeconfig", kubeconfig, ...args], { ...log, input });
  await apply(["wait", "--for=condition=Ready", "node", kindNode, "--timeout=120s"]);
  const manifests = storageClasses.map((object) => stringify(object)).join("---\n");
  await apply(["apply", "--server-side", "--force-conflicts", "-f", "-"], manifests);
  await apply(["apply", "-f", METRICS_SERVER]);
  // kind's kubelet has a certificate that no CA signed.
  const trustKubelet = [
    { op: "add", path: "/spec/template/spec/containers/0/args/-", value: "--kubelet-insecure-tls" },
  ];
  await apply([
    ..."-n kube-system patch deployment metrics-server --type=json -p".split(" "),
    JSON.stringify(trustKubelet),
  ]);
}

async function stop(): Promise<void> {
  if (await isRunning()) await run("docker", ["stop", kindNode], log);
}

/** Deletes the node with its data. */
async function remove(report: Report): Promise<void> {
  const kind = await ensureKind(report);
  await run(kind, ["delete", "cluster", "--name", clusterName, "--kubeconfig", kubeconfig], log);
}

async function isRunning(): Promise<boolean> {
  const state = ["inspect", "-f", "{{.State.Running}}", kindNode];
  const { stdout } = await execa("docker", state, { reject: false });
  return stdout === "true";
}

/** kind, built by the Go module proxy once, which checks what it serves. */
async function ensureKind(report: Report): Promise<string> {
  const folder = join(toolsDir, `kind-${KIND_VERSION}`);
  const executable = join(folder, "kind");
  if (!existsSync(executable)) {
    const env = { GOBIN: folder };
    await run("go", ["install", `sigs.k8s.io/kind@${KIND_VERSION}`], { ...log, env, report });
  }
  return executable;
}
