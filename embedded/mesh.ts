import { isDeepStrictEqual } from "node:util";
import { CHARTS, ISTIO_NAMESPACE, istioReleases } from "../components/mesh/charts";
import { replacedText } from "../stacks/replacements";
import { readStackFile, type StackFile, valuesOf } from "../stacks/stack-file";
import { chooseDriver } from "./cluster";
import { type Report, run } from "./command";
import { deploy } from "./deployment";
import { waitUntilReady } from "./health";
import { ISTIO_STACK, istioSettingsIn } from "./mesh-settings";
import { kubeconfig } from "./paths";
import { recover } from "./recover";
import * as stacks from "./stack";
import type { Toolchain } from "./toolchain";

/** The stack with Istio as the embedded cluster gets it. */
export async function openIstio(tools: Toolchain, report?: Report): Promise<stacks.Stack> {
  const file = readStackFile(ISTIO_STACK);
  const driver = await chooseDriver();
  const replacements = await driver.istioReplacements(valuesOf(file), report);
  const text = replacements.length > 0 ? replacedText(file.text, replacements) : file.text;
  return stacks.openStack(file, text, tools);
}

/**
 * Brings Istio up, for every platform of the cluster. Without anything to do Pulumi is not started: that takes seconds.
 * @throws {Error} that says what is not ready, and why
 */
export async function ensureIstio(tools: Toolchain, report: Report): Promise<string | undefined> {
  const stack = await openIstio(tools, report);
  const deployed = isDeployed(stack);
  const ready = await workloads(tools);
  const lost = deployed ? Object.keys(RELEASE_OF).filter((name) => !ready.has(name)) : [];
  const complete = deployed && lost.length === 0;
  if (!complete) {
    await recover(stack, report);
    await forgetReleases(
      stack,
      lost.map((name) => RELEASE_OF[name] ?? name),
    );
    await deploy(stack, report);
  }
  if (!complete || ![...ready.values()].every(Boolean)) await waitUntilReady(ISTIO_NAMESPACE, report);
  return complete ? undefined : "Istio is installed";
}

/** Istio's workloads, and the releases that have them. */
const RELEASE_OF: Record<string, string> = { "istio-cni-node": "istio-cni", istiod: "istio-istiod" };

/** Whether the last run came to its end, and made what this one would make. */
function isDeployed({ file, text }: stacks.Stack): boolean {
  if (stacks.stateOf(file).pending_operations?.length) return false;
  const { istio } = istioSettingsIn({ ...file, text });
  const desired = istioReleases(istio).map(({ name, chart, version, values }) => ({
    protect: istio.protect,
    inputs: { name, chart, version, values },
  }));
  const made = releasesIn(file).map(
    ({ protect = false, inputs: { name, chart, version, values = {} } = {} }) => ({
      protect,
      inputs: { name, chart, version, values },
    }),
  );
  return isDeepStrictEqual(made, desired);
}

/**
 * Takes away Helm's records that are in the way: of what was interrupted, which it refuses to go on with, and of
 * releases whose objects were deleted by hand, which it does not look at. It then installs them anew, and takes what
 * is left of their objects for its own, as these say whose they are.
 */
async function forgetReleases(stack: stacks.Stack, lost: readonly string[]): Promise<void> {
  const { file, tools } = stack;
  const known = releasesIn(file).map(({ inputs }) => inputs?.name);
  const unknown = CHARTS.map((chart) => `istio-${chart}`).filter((name) => !known.includes(name));
  const selectors = [...unknown, ...lost].map((name) => `name=${name}`);
  for (const selector of ["status notin (deployed,superseded)", ...selectors]) {
    await inIstio(tools, "delete", "secrets", `--selector=owner=helm,${selector}`);
  }
  if (lost.length === 0) return;
  await stacks.pulumi(stack, ["refresh", ...stacks.stackArguments(stack), "--yes", "--skip-preview"]);
}

/** Istio's control plane and its CNI plugin, and whether each is ready. Asked by kubectl, which loads in no time. */
async function workloads(tools: Toolchain): Promise<Map<string, boolean>> {
  const columns =
    "{range .items[*]}{.metadata.name}={.status.availableReplicas}{.status.numberAvailable} {end}";
  const printed = await inIstio(tools, "get", "deployments,daemonsets", `--output=jsonpath=${columns}`);
  return new Map(
    printed
      .split(" ")
      .map((field) => field.split("="))
      .flatMap(([name, available]) => (name ? [[name, Number(available) > 0] as const] : [])),
  );
}

function inIstio(tools: Toolchain, ...args: string[]): Promise<string> {
  const options = ["--kubeconfig", kubeconfig, "--namespace", ISTIO_NAMESPACE];
  return run(tools.path("kubectl"), [...options, ...args], { log: "mesh" });
}

const releasesIn = (file: StackFile) =>
  (stacks.stateOf(file).resources ?? []).filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
