import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { IstioSettings } from "../../model/settings/istio";
import { ISTIO_NAMESPACE, istioReleases } from "./charts";

/** Arguments of {@link IstioInstallation}. */
export type IstioInstallationArgs = IstioSettings["istio"];

/**
 * Istio by its own charts, in one version: its definitions, its CNI plugin, its control plane. It is the whole
 * cluster's; when it is there, pods get sidecars from the first one on.
 */
export class IstioInstallation extends pulumi.ComponentResource {
  constructor(name: string, args: IstioInstallationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:mesh:IstioInstallation", name, {}, opts);
    const child = { parent: this, protect: args.protect };

    istioReleases(args).reduce<pulumi.Resource[]>(
      (before, { name: release, chart, version, repository, values }) => [
        new k8s.helm.v3.Release(
          release,
          {
            name: release,
            chart,
            version,
            ...(repository && { repositoryOpts: { repo: repository } }),
            namespace: ISTIO_NAMESPACE,
            createNamespace: true,
            // When it cannot be installed wholly, nothing of it stays behind.
            atomic: true,
            values,
          },
          { ...child, dependsOn: before },
        ),
      ],
      [],
    );
    this.registerOutputs();
  }
}
