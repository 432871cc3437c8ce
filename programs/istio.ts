import * as k8s from "@pulumi/kubernetes";
import { ISTIO_NAMESPACE } from "../components/mesh/charts";
import { readClusterVersions } from "../components/mesh/cluster-versions";
import { IstioInstallation } from "../components/mesh/installation";
import { versionProblems } from "../components/mesh/least-versions";
import { parseIstioSettings } from "../model/settings/istio";
import { istio as version } from "../model/versions";
import { refusal } from "./engine";

/** Istio, for every platform of a cluster. */
export async function istio(values: Readonly<Record<string, unknown>>) {
  const parsed = parseIstioSettings(values);
  if ("problems" in parsed) throw refusal(parsed.problems);
  const { context, istio } = parsed.settings;
  const problems = versionProblems(context, await readClusterVersions(context));
  if (problems.length > 0) throw refusal(problems);

  const provider = new k8s.Provider("cluster", { context });
  new IstioInstallation("istio", istio, { providers: [provider] });
  return { namespace: ISTIO_NAMESPACE, version };
}
