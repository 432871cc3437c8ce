import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { StorePlan } from "../../model/plan";
import { createAccount } from "./account";
import { claimSpec, createClaim } from "./claim";
import type { PlatformContext } from "./context";
import { labelsOf, selectorOf } from "./labels";
import { podOf } from "./pod";
import { resourcesOf } from "./resources";
import { scratch } from "./scratch";
import { containerSecurity, type User } from "./security";
import { STORE_START, waitsFor, waitsForNothing } from "./waits";

/**
 * Space on the node's disk. A container over its limit has its pod evicted, and its log counts: the kubelet rotates it at
 * 10Mi and keeps five, but looks every ten seconds only, and until then a flood of errors goes into one file.
 */
const LOGS = { request: "64Mi", limit: "2Gi" };

/** What one kind of store runs; everything that all stores have in common is left out. */
export interface StatefulStore {
  /** Name of the workload, its ServiceAccount and its container. */
  app: string;
  user: User;
  /** @default 1 */
  replicas?: number;
  /** Ports by name; the headless Service has the same. */
  ports: Record<string, number>;
  /** The headless Service: its name, and whether it names pods that are not ready. @default the app's, and not */
  nodes?: { service: string; publishNotReadyAddresses: true };
  /** Image, command, probes and environment. */
  container: Omit<k8s.types.input.core.v1.Container, "name" | "ports" | "resources">;
  /** Containers before it; they have its volumes. */
  preparations?: k8s.types.input.core.v1.Container[];
  /** Where the volume with the data is mounted. */
  dataPath: string;
  /** Folders besides the data that it writes to. */
  scratchPaths: readonly string[];
  /** Volumes beyond the data, with their mounts. */
  mounts: {
    volume: k8s.types.input.core.v1.Volume;
    mountPath: string;
    subPath?: string;
    writable?: boolean;
  }[];
  /** Fingerprints of what the pod reads at start: it rolls when one changes. @default it reads all anew by itself */
  checksums?: Record<string, pulumi.Input<string>>;
  /** What it says of its sidecar. @default what every pod does */
  sidecar?: Readonly<Record<string, string>>;
  /** Seconds it may take to stop. */
  gracePeriod: number;
  /** What the pod has beyond that. */
  pod?: Partial<k8s.types.input.core.v1.PodSpec>;
}

/**
 * Pods with a volume each behind a headless Service. The volumes are claims of the program (`data-<app>-<i>`), which
 * the StatefulSet adopts by their names: they grow without it, and outlive whatever replaces it.
 */
export function createStatefulStore(
  name: string,
  args: PlatformContext & StorePlan,
  store: StatefulStore,
  opts: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): k8s.apps.v1.StatefulSet {
  const { app, user, ports, container, replicas = 1, nodes, preparations } = store;
  const { namespace, platform, storage, storageClass } = args;
  const labels = labelsOf(app, platform);
  const child = { parent: opts.parent };
  const writable = scratch(store.scratchPaths);

  const account = createAccount(name, app, args, child);
  const claims = Array.from({ length: replicas }, (_, index) =>
    createClaim(`${name}-data-${index}`, { app, claim: `data-${app}-${index}`, storage }, args, child),
  );
  const service = createHeadlessService();
  return createStatefulSet();

  function createHeadlessService() {
    return new k8s.core.v1.Service(
      name,
      {
        metadata: { name: nodes?.service ?? app, namespace, labels, annotations: waitsForNothing },
        spec: {
          clusterIP: "None",
          publishNotReadyAddresses: nodes?.publishNotReadyAddresses,
          selector: selectorOf(app),
          ports: Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: name })),
        },
      },
      child,
    );
  }

  function createStatefulSet() {
    return new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata: { name: app, namespace, labels, annotations: waitsFor("StatefulSet", replicas) },
        spec: {
          serviceName: service.metadata.name,
          replicas,
          // All at once: the members of a cluster wait for each other. Updates go one by one all the same.
          podManagementPolicy: "Parallel",
          selector: { matchLabels: selectorOf(app) },
          template: {
            metadata: { labels, annotations: { ...(store.sidecar ?? args.sidecar), ...store.checksums } },
            spec: podSpec(),
          },
          volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claimSpec(storage, storageClass) }],
        },
      },
      {
        ...opts,
        dependsOn: [...opts.dependsOn, account, ...claims],
        protect: args.protect,
        // It cannot change, and need not: the claims are there.
        ignoreChanges: ["spec.volumeClaimTemplates"],
      },
    );
  }

  function podSpec(): k8s.types.input.core.v1.PodSpec {
    return {
      ...podOf({ app, user, priority: "data" }, args),
      terminationGracePeriodSeconds: store.gracePeriod,
      initContainers: preparations,
      containers: [
        {
          startupProbe: container.readinessProbe && {
            ...container.readinessProbe,
            periodSeconds: 1,
            failureThreshold: STORE_START,
          },
          ...container,
          name: app,
          imagePullPolicy: "IfNotPresent",
          ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
          resources: resourcesOf(args.resources, LOGS),
          securityContext: containerSecurity(),
          volumeMounts: [
            { name: "data", mountPath: store.dataPath },
            ...store.mounts.map(({ volume, mountPath, subPath, writable }) => ({
              name: volume.name,
              mountPath,
              subPath,
              readOnly: !writable,
            })),
            ...writable.mounts,
          ],
        },
      ],
      volumes: [...store.mounts.map(({ volume }) => volume), ...writable.volumes],
      ...store.pod,
    };
  }
}
