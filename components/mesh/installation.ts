import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { istio } from "../versions";

/** Where Istio's documentation has its control plane; the network policies let sidecars reach it there. */
const NAMESPACE = "istio-system";
const REPOSITORY = "https://istio-release.storage.googleapis.com/charts";

/** What a Helm release of Istio's has of its own. */
interface Chart {
  /** Name of the chart, and of the release. */
  chart: "base" | "cni" | "istiod";
  values: Record<string, unknown>;
}

/** In the order in which each needs the one before. Pure. */
export const charts: readonly Chart[] = [
  { chart: "base", values: { defaultRevision: "default" } },
  // It redirects pods' traffic in place of a privileged init container, which Pod Security `restricted` refuses.
  { chart: "cni", values: {} },
  {
    chart: "istiod",
    values: {
      pilot: {
        cni: { enabled: true },
        // Two at the least: without a control plane no pod starts.
        autoscaleMin: 2,
        resources: { requests: { cpu: "200m", memory: "512Mi" } },
      },
      meshConfig: { enablePrometheusMerge: false },
    },
  },
];

/**
 * Istio by its own charts, in one version: its definitions, its CNI plugin, its control plane. One platform of a cluster
 * installs it, and the others find it. Whoever waits for this gets sidecars from the first pod on.
 */
export class IstioInstallation extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("platform:mesh:IstioInstallation", name, {}, opts);
    charts.reduce<pulumi.Resource[]>(
      (before, { chart, values }) => [
        new k8s.helm.v3.Release(
          `${name}-${chart}`,
          {
            name: `istio-${chart}`,
            chart,
            version: istio,
            repositoryOpts: { repo: REPOSITORY },
            namespace: NAMESPACE,
            createNamespace: true,
            // When it cannot be installed wholly, nothing of it stays behind.
            atomic: true,
            values,
          },
          { parent: this, dependsOn: before },
        ),
      ],
      [],
    );
    this.registerOutputs();
  }
}
