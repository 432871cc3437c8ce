import { join } from "node:path";
import { type IstioSettings, installsIstio, parseIstioSettings } from "../model/settings/istio";
import { UserError } from "../model/user-error";
import type { Replacement } from "../stacks/replacements";
import { refusal, type StackFile, valuesOf } from "../stacks/stack-file";
import { clusterName, containerdState } from "./cluster/layout";
import { cniNetworksDir, cniPluginsDir } from "./cluster/network/cni";

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
    // A pod that has started without the plugin: not every machine lets its traffic be redirected afterwards.
    repair: { repairPods: false, deletePods: true },
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
