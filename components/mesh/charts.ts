import type { IstioSettings } from "../../model/settings/istio";
import { istio } from "../../model/versions";

/** Where Istio's documentation has its control plane; the network policies let sidecars reach it there. */
export const ISTIO_NAMESPACE = "istio-system";

/** The charts, in the order in which each needs the one before. */
export const CHARTS = ["base", "cni", "istiod"] as const;

export type Chart = (typeof CHARTS)[number];
type Values = Readonly<Record<string, unknown>>;

/** What Helm is given for one chart. */
export interface IstioRelease {
  /** Of the release. */
  name: string;
  /** Name of the chart in the repository, or its folder. */
  chart: string;
  version: string;
  repository?: string;
  values: Values;
}

/** One release a chart, all in one version. Pure. */
export function istioReleases(settings: IstioSettings["istio"]): IstioRelease[] {
  const { charts, values } = settings;
  const ours = valuesOf(settings);
  return CHARTS.map((chart) => ({
    name: `istio-${chart}`,
    ...(/^\w+:\/\//.test(charts) ? { chart, repository: charts } : { chart: `${charts}/${chart}` }),
    version: istio,
    values: merged(ours[chart], values[chart]),
  }));
}

function valuesOf({ replicas, resources }: IstioSettings["istio"]): Record<Chart, Values> {
  return {
    base: { defaultRevision: "default" },
    // It redirects pods' traffic in place of a privileged init container, which Pod Security `restricted` refuses.
    cni: {},
    istiod: {
      pilot: {
        cni: { enabled: true },
        // By itself Istio has them from Kubernetes 1.33 on only: init containers would hang, and Jobs never end.
        env: { ENABLE_NATIVE_SIDECARS: "true" },
        autoscaleMin: replicas.min,
        autoscaleMax: replicas.max,
        resources,
      },
      meshConfig: {
        enablePrometheusMerge: false,
        // A route is found by what nginx finds it by. Encoded slashes stay: they are part of a name.
        pathNormalization: { normalization: "MERGE_SLASHES" },
      },
    },
  };
}

/** Objects are merged, everything else is replaced, as Helm does with several files of values. */
function merged(ours: Values, theirs: Values): Values {
  const entries = Object.entries(theirs).map(([key, value]) => {
    const own = ours[key];
    return [key, isObject(own) && isObject(value) ? merged(own, value) : value];
  });
  return { ...ours, ...Object.fromEntries(entries) };
}

const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);
