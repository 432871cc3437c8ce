import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../../model/plan";
import type { PlatformContext } from "../../kube/context";
import { labelsOf } from "../../kube/labels";
import { dashboardJson, dashboardsOf } from "./index";

/** Arguments of {@link Dashboards}. */
export interface DashboardsArgs extends Pick<PlatformContext, "namespace" | "platform"> {
  plan: Plan;
}

/**
 * One ConfigMap a dashboard, under the label that the Grafana of kube-prometheus-stack and its like looks for: they
 * are found by whichever Grafana a cluster has.
 */
export class Dashboards extends pulumi.ComponentResource {
  /** Names of the ConfigMaps, each with one file, `<uid>.json`. */
  readonly configMaps: string[];

  constructor(name: string, args: DashboardsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:monitoring:Dashboards", name, {}, opts);
    const { namespace, platform, plan } = args;
    this.configMaps = dashboardsOf(plan).map((dashboard) => {
      const configMap = `dashboard-${dashboard.uid}`;
      new k8s.core.v1.ConfigMap(
        `${name}-${dashboard.uid}`,
        {
          metadata: {
            name: configMap,
            namespace,
            labels: { ...labelsOf("grafana", platform), grafana_dashboard: "1" },
          },
          data: { [`${dashboard.uid}.json`]: JSON.stringify(dashboardJson(dashboard), undefined, 1) },
        },
        { parent: this },
      );
      return configMap;
    });
    this.registerOutputs({ configMaps: this.configMaps });
  }
}
