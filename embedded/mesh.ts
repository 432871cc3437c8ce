import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CHARTS, ISTIO_NAMESPACE, istioReleases } from "../components/mesh/charts";
import { type IstioSettings, installsIstio, parseIstioSettings } from "../components/settings/istio";
import { readStackFile, refusal, type StackFile, valuesOf } from "../platforms/stack-file";
import { UserError } from "../platforms/user-error";
import { cniNetworksDir, cniPluginsDir } from "./cluster/cni";
import { chooseDriver } from "./cluster/driver";
import { clusterName, containerdState } from "./cluster/layout";
import { type Report, run } from "./command";
import { waitUntilReady } from "./health";
import { kubeconfig } from "./paths";
import { recover } from "./recover";
import { type Replacement, rehearsedText } from "./rehearsal";
import * as stacks from "./stack";
import type { Toolchain } from "./toolchain";
import { istioCharts } from "./toolchain/istio-charts";

/** The stack with the embedded cluster's Istio. */
export const ISTIO_STACK = "istio";

/** Whether a stack installs Istio, rather than being a platform. */
export const isIstio = (file: StackFile): boolean => installsIstio(valuesOf(file));

/**
 * What the stack has on a node of this machine instead of its own settings. Everything else stays as it is on a
 * cluster that can pull images.
 * @param charts folder of the charts. Pure.
 */
export function onNode(values: Readonly<Record<string, unknown>>, charts: string): Replacement[] {
  return [
    {
      setting: "istio",
      value: { ...(values.istio as object), charts, values: nodeValues },
      reason: "the charts come out of Istio's source, and the sidecars' Envoy out of another registry",
    },
  ];
}

/** Debian's nft is there in any case; iptables is not. */
const global = { nativeNftables: true };

const nodeValues = {
  cni: {
    global,
    cniBinDir: cniPluginsDir,
    cniConfDir: cniNetworksDir,
    cniNetnsDir: join(containerdState, "io.containerd.grpc.v1.cri/netns"),
    resources: { requests: { cpu: "10m", memory: "64Mi" } },
  },
  istiod: {
    global,
    // Filters that only Istio's own build of Envoy has: there are no `istio_*` metrics.
    telemetry: { enabled: false },
    pilot: { env: { PILOT_ENABLE_ALPN_FILTER: "false", PILOT_ENABLE_METADATA_EXCHANGE: "false" } },
  },
};

/**
 * The settings of a stack that installs Istio, before anything is installed or started for it.
 * @throws {UserError} with every problem of the settings at once, or when they are another cluster's
 */
export function istioSettingsIn(file: StackFile): IstioSettings {
  const parsed = parseIstioSettings(valuesOf(file));
  if ("problems" in parsed) throw refusal(file, parsed.problems);
  const { context } = parsed.settings;
  if (context === clusterName) return parsed.settings;
  throw new UserError(
    `stack ${file.stack} belongs to the cluster "${context}", and the embedded one has an Istio of its own`,
    `run: make up STACK=${ISTIO_STACK}`,
  );
}

/** The stack with Istio as the embedded cluster gets it. */
export async function openIstio(tools: Toolchain, report?: Report): Promise<stacks.Stack> {
  const file = readStackFile(ISTIO_STACK);
  const isNode = (await chooseDriver()) === "node";
  const text = isNode
    ? rehearsedText(file.text, onNode(valuesOf(file), await istioCharts(report)))
    : file.text;
  return stacks.openStack(file, text, tools);
}

/**
 * Brings Istio up, for every platform of the cluster. Without anything to do Pulumi is not started: that takes seconds.
 * @throws {Error} that says what is not ready, and why
 */
export async function ensureIstio(tools: Toolchain, report: Report): Promise<string | undefined> {
  const stack = await openIstio(tools, report);
  const deployed = isDeployed(stack);
  if (!deployed) {
    await recover(stack, report);
    await forgetInterrupted(stack, tools);
    await stacks.up(stack, report);
  }
  if (!(await rolledOut(tools))) await waitUntilReady(ISTIO_NAMESPACE, report);
  return deployed ? undefined : "Istio is installed";
}

/** Whether the last run came to its end, and made what this one would make. */
function isDeployed({ file, text }: stacks.Stack): boolean {
  if (stacks.stateOf(file).pending_operations?.length) return false;
  const { istio } = istioSettingsIn({ ...file, text });
  const wanted = istioReleases(istio).map(({ name, chart, version, values }) => ({
    protect: istio.protect,
    inputs: { name, chart, version, values },
  }));
  const made = releasesIn(file).map(
    ({ protect = false, inputs: { name, chart, version, values = {} } = {} }) => ({
      protect,
      inputs: { name, chart, version, values },
    }),
  );
  return isDeepStrictEqual(made, wanted);
}

/**
 * Helm refuses to go on where it was interrupted. Without its record of that it starts anew, and takes the objects that
 * are there for its own, as they say whose they are.
 */
async function forgetInterrupted({ file }: stacks.Stack, tools: Toolchain): Promise<void> {
  const known = releasesIn(file).map(({ inputs }) => inputs?.name);
  const unknown = CHARTS.map((chart) => `istio-${chart}`).filter((name) => !known.includes(name));
  const selectors = ["status notin (deployed,superseded)", ...unknown.map((name) => `name=${name}`)];
  for (const selector of selectors) {
    await inIstio(tools, "delete", "secrets", `--selector=owner=helm,${selector}`);
  }
}

/** Whether the control plane and the CNI plugin are ready. Asked by kubectl, which loads in no time. */
async function rolledOut(tools: Toolchain): Promise<boolean> {
  const columns = "{range .items[*]}{.status.availableReplicas}{.status.numberAvailable} {end}";
  const printed = await inIstio(tools, "get", "deployments,daemonsets", `--output=jsonpath=${columns}`);
  return printed.split(" ").filter((available) => Number(available) > 0).length >= 2;
}

function inIstio(tools: Toolchain, ...args: string[]): Promise<string> {
  const options = ["--kubeconfig", kubeconfig, "--namespace", ISTIO_NAMESPACE];
  return run(tools.path("kubectl"), [...options, ...args], { log: "mesh" });
}

const releasesIn = (file: StackFile) =>
  (stacks.stateOf(file).resources ?? []).filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
