import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ContainerPlan } from "../../model/mounts";
import { filesOf } from "../../model/names";
import type { WorkloadPlan } from "../../model/plan";
import { bytesOf, quantity } from "../../model/quantity";
import { createClaim } from "../kube/claim";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";
import { EPHEMERAL_STORAGE, resourcesOf } from "../kube/resources";
import { containerSecurity } from "../kube/security";

/** The claims and the ConfigMap that a service's pods mount. @returns what the pods wait for */
export function createMounted(
  name: string,
  { name: app, volumes, files }: WorkloadPlan,
  context: PlatformContext,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { namespace, platform } = context;
  const claims = volumes
    .filter(({ kind }) => kind === "persistent")
    .map(({ claim, size }) =>
      createClaim(`${name}-claim-${claim}`, { app, claim, storage: size }, context, opts),
    );
  if (files.length === 0) return claims;
  const configMap = new k8s.core.v1.ConfigMap(
    `${name}-files`,
    {
      metadata: { name: filesOf(app), namespace, labels: labelsOf(app, platform) },
      data: Object.fromEntries(files.map(({ key, text }) => [key, text])),
    },
    opts,
  );
  return [...claims, configMap];
}

/** The volumes and files of a service, as its pods have them. */
export function mountedIn(
  { volumes, files }: Pick<WorkloadPlan, "volumes" | "files">,
  { checksum }: Pick<PlatformContext, "checksum">,
) {
  const checksums: Record<string, pulumi.Input<string>> = files.length > 0
    ? { "platform/files": checksum(JSON.stringify(files)) }
    : {};
  return {
    volumes: [
      ...volumes.map(({ name, kind, claim, size }) =>
        kind === "persistent"
          ? { name, persistentVolumeClaim: { claimName: claim } }
          : { name, emptyDir: { sizeLimit: size } },
      ),
      ...files.slice(0, 1).map(({ configMap }) => ({ name: "files", configMap: { name: configMap } })),
    ],
    mounts: [
      ...volumes.map(({ name, path }) => ({ name, mountPath: path })),
      // Each file by itself: what the image has beside it stays. One that is mounted so is not renewed, hence the checksum.
      ...files.map(({ path, key }) => ({ name: "files", mountPath: path, subPath: key, readOnly: true })),
    ],
    checksums,
    ephemeralStorage: {
      ...EPHEMERAL_STORAGE,
      // What is in scratch folders counts, and a pod over its limit is evicted.
      limit: bytesOf(
        volumes.reduce(
          (sum, { kind, size }) => sum + (kind === "scratch" ? quantity(size) : 0),
          quantity(EPHEMERAL_STORAGE.limit),
        ),
      ),
    },
  };
}

/** A container beside a service's own; it goes on while requests drain. @param sleep seconds before SIGTERM */
export function extraContainer(
  { name, image, command, args, environment, resources }: ContainerPlan,
  mounts: k8s.types.input.core.v1.VolumeMount[],
  sleep: number,
): k8s.types.input.core.v1.Container {
  return {
    name,
    image,
    imagePullPolicy: "IfNotPresent",
    ...(command.length > 0 && { command: [...command] }),
    ...(args.length > 0 && { args: [...args] }),
    env: Object.entries(environment).map(([name, value]) => ({ name, value })),
    resources: resourcesOf(resources),
    lifecycle: { preStop: { sleep: { seconds: sleep } } },
    securityContext: containerSecurity(),
    volumeMounts: [...mounts, { name: "scratch", mountPath: "/tmp", subPath: `tmp-${name}` }],
  };
}
