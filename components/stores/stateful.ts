import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labelsOf, selectorOf } from "../kube/labels";
import { scratch } from "../kube/scratch";
import { containerSecurity, podSecurity, type User } from "../kube/security";
import type { StoreArgs } from "./store";

/** What one kind of store runs; everything that all stores have in common is left out. */
export interface StatefulStore {
  /** Name of the workload, its Service and its container. */
  app: string;
  user: User;
  /** Ports by name; the Service has the same. */
  ports: Record<string, number>;
  /** Image, command, probes and environment. */
  container: Omit<k8s.types.input.core.v1.Container, "name" | "ports" | "resources">;
  /** Where the volume with the data is mounted. */
  dataPath: string;
  /** Folders besides the data that it writes to. */
  scratchPaths: readonly string[];
  /** Volumes beyond the data, with their mounts. */
  mounts: { volume: k8s.types.input.core.v1.Volume; mountPath: string; subPath?: string }[];
  /** Fingerprints of what the pod reads at start: it rolls when one changes. */
  checksums: Record<string, pulumi.Input<string>>;
  /** Seconds it may take to stop. */
  gracePeriod: number;
}

/**
 * One replica with a volume of its own behind a headless Service. The name is fixed, so that whatever replaces
 * the StatefulSet finds the same volume claim (`data-<app>-0`) again.
 */
export function createStatefulStore(
  name: string,
  args: StoreArgs,
  store: StatefulStore,
  opts: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): k8s.apps.v1.StatefulSet {
  const { app, user, ports, container } = store;
  const labels = labelsOf(app, args.platform);
  const metadata = { name: app, namespace: args.namespace, labels };
  const writable = scratch(store.scratchPaths);

  const service = new k8s.core.v1.Service(
    name,
    {
      metadata,
      spec: {
        clusterIP: "None",
        selector: selectorOf(app),
        ports: Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: name })),
      },
    },
    { parent: opts.parent },
  );

  return new k8s.apps.v1.StatefulSet(
    name,
    {
      metadata,
      spec: {
        serviceName: service.metadata.name,
        replicas: 1,
        selector: { matchLabels: selectorOf(app) },
        template: {
          metadata: { labels, annotations: store.checksums },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: podSecurity(user),
            terminationGracePeriodSeconds: store.gracePeriod,
            containers: [
              {
                ...container,
                name: app,
                imagePullPolicy: "IfNotPresent",
                ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
                resources: args.resources,
                securityContext: containerSecurity(),
                volumeMounts: [
                  { name: "data", mountPath: store.dataPath },
                  ...store.mounts.map(({ volume, mountPath, subPath }) => ({
                    name: volume.name,
                    mountPath,
                    subPath,
                    readOnly: true,
                  })),
                  ...writable.mounts,
                ],
              },
            ],
            volumes: [...store.mounts.map(({ volume }) => volume), ...writable.volumes],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: args.storage } } },
          },
        ],
      },
    },
    { ...opts, protect: args.protect },
  );
}
