import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { users } from "../../model/versions";
import { createAccount } from "../kube/account";
import type { PlatformContext } from "../kube/context";
import { labelsOf, selectorOf } from "../kube/labels";
import { podOf } from "../kube/pod";
import { resourcesOf } from "../kube/resources";
import { containerSecurity } from "../kube/security";
import { CA_FOLDER } from "../kube/trust";
import { waitsFor } from "../kube/waits";
import type { Ca } from "./ca";

/** What an exporter has of its own. */
export interface ExporterArgs {
  /** Name of the workload, and port of its metrics. */
  workload: { app: string; metrics: number };
  image: string;
  env: k8s.types.input.core.v1.EnvVar[];
  /** Fingerprint of its password. */
  login: pulumi.Input<string>;
  ca: Pick<Ca, "configMap" | "checksum">;
}

/**
 * A program that asks a store over the network and tells Prometheus. Not beside the store: a pod is ready when all of its
 * containers are, so a crash here would take the store out of service, and a log that fills would have its pod evicted.
 */
export function createExporter(
  name: string,
  { workload, image, env, login, ca }: ExporterArgs,
  context: PlatformContext,
  opts: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): k8s.apps.v1.Deployment {
  const { app, metrics } = workload;
  const labels = labelsOf(app, context.platform);
  const account = createAccount(name, app, context, { parent: opts.parent });
  const caVolume = { name: "ca", configMap: { name: ca.configMap } };
  return new k8s.apps.v1.Deployment(
    name,
    {
      metadata: {
        name: app,
        namespace: context.namespace,
        labels,
        annotations: waitsFor("Deployment"),
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: selectorOf(app) },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: {
            labels,
            annotations: {
              ...context.sidecar,
              "platform/login": login,
              "platform/stores-ca": ca.checksum,
            },
          },
          spec: {
            ...podOf({ app, user: users.exporter, priority: "services" }, context),
            containers: [container()],
            volumes: [caVolume],
          },
        },
      },
    },
    { ...opts, dependsOn: [...opts.dependsOn, account] },
  );

  function container(): k8s.types.input.core.v1.Container {
    return {
      name: app,
      image,
      imagePullPolicy: "IfNotPresent",
      env,
      ports: [{ name: "metrics", containerPort: metrics }],
      // Its own page: a store that is unavailable shows in the metrics.
      readinessProbe: { httpGet: { path: "/", port: "metrics" }, periodSeconds: 10, timeoutSeconds: 3 },
      livenessProbe: { tcpSocket: { port: "metrics" }, periodSeconds: 20, timeoutSeconds: 3 },
      resources: resourcesOf({
        requests: { cpu: "10m", memory: "32Mi" },
        limits: { cpu: "250m", memory: "64Mi" },
      }),
      securityContext: containerSecurity(),
      volumeMounts: [{ name: caVolume.name, mountPath: CA_FOLDER, readOnly: true }],
    };
  }
}
