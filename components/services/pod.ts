import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Shutdown } from "../../model/catalog";
import type { PodPlan } from "../../model/plan";
import type { Variable } from "../../model/variables";
import { users } from "../../model/versions";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";
import { podOf } from "../kube/pod";
import type { ConfigurationRef, SecretRef } from "../kube/references";
import { resourcesOf } from "../kube/resources";
import { scratch } from "../kube/scratch";
import { containerSecurity } from "../kube/security";
import { shutdownOf } from "../kube/shutdown";
import { CA_FOLDER } from "../kube/trust";
import { type SpeakingEndpoint, waitArguments, waitScript } from "../kube/wait";
import { extraContainer, mountedIn } from "./mounts";
import { containerPorts, probesOf, unprobedAnnotation } from "./probes";
import { trustVariables } from "./trust";

/** Arguments of {@link servicePod}. */
export interface ServicePodArgs extends PlatformContext {
  service: PodPlan;
  shutdown: Shutdown;
  /** Secret values by the environment variable they arrive in. */
  secrets: Readonly<Record<string, SecretRef>>;
  /** Plain settings by the environment variable they arrive in. */
  configuration: Readonly<Record<string, ConfigurationRef>>;
  /** What the catalog says of it and of its callees, by environment variable. */
  environment: Readonly<Record<string, string>>;
  /** Who signed the certificates of the stores; with a store only. */
  ca?: Ca;
  /** Stores the containers wait for before they start. */
  waitFor: readonly SpeakingEndpoint[];
}

/** A certificate authority (CA) to trust: the keys `ca.crt` and `bundle.crt` of a ConfigMap. */
export interface Ca {
  configMap: string;
  checksum: pulumi.Input<string>;
}

/** One of the versions of a service that run side by side. */
export interface Version {
  /** Value of the `version` label, by which the mesh tells them apart. */
  version: string;
  image: string;
  track: "stable" | "canary";
}

type Container = k8s.types.input.core.v1.Container;

/** The template of a service's pods, in one of its versions. */
export function servicePod(args: ServicePodArgs, { version, image, track }: Version) {
  const { service, platform, secrets, configuration, ca, environment } = args;
  const { sleep, drainSeconds, graceSeconds } = shutdownOf(args.shutdown);
  const writable = scratch(["/tmp"]);
  const mounted = mountedIn(service, args);

  return {
    metadata: {
      labels: { ...labelsOf(service.name, platform), version, track },
      annotations: { ...args.sidecar, ...checksums(), ...unprobedAnnotation(service) },
    },
    spec: {
      ...podOf({ app: service.name, user: users.service, priority: "services" }, args),
      terminationGracePeriodSeconds: args.shutdown.grace,
      initContainers: args.waitFor.map(waitContainer),
      containers: [
        container(),
        ...(service.containers ?? []).map((extra) => extraContainer(extra, mounted.mounts, sleep)),
      ],
      volumes: [...writable.volumes, ...caVolume(), ...mounted.volumes],
    },
  } satisfies k8s.types.input.core.v1.PodTemplateSpec;

  /** A fingerprint of each thing that is read once, at the start. */
  function checksums() {
    const read = Object.entries({ ...secrets, ...configuration });
    return {
      ...Object.fromEntries(read.map(([variable, { checksum }]) => [`platform/${variable}`, checksum])),
      ...(ca && { "platform/stores-ca": ca.checksum }),
      ...mounted.checksums,
    };
  }

  function container(): Container {
    return {
      name: service.name,
      image,
      imagePullPolicy: "IfNotPresent",
      ...(service.command && { command: [...service.command] }),
      ...(service.args && { args: [...service.args] }),
      ...containerPorts(service),
      env: [...plainVariables(), ...configurationVariables(), ...secretVariables()],
      resources: resourcesOf(service.resources, mounted.ephemeralStorage),
      ...probesOf(service),
      lifecycle: { preStop: { sleep: { seconds: sleep } } },
      securityContext: containerSecurity(),
      volumeMounts: [
        ...writable.mounts,
        ...(ca ? [{ name: "stores-ca", mountPath: CA_FOLDER, readOnly: true }] : []),
        ...mounted.mounts,
      ],
    };
  }

  function plainVariables() {
    const own: Partial<Record<Variable, string>> = {
      SERVICE_VERSION: version,
      DRAIN_SECONDS: String(drainSeconds),
      GRACE_SECONDS: String(graceSeconds),
      ...(ca && trustVariables(service.logins.length > 0)),
    };
    return Object.entries({ ...environment, ...own }).map(([name, value]) => ({ name, value }));
  }

  function configurationVariables() {
    return Object.entries(configuration).map(([name, { configMap, key }]) => ({
      name,
      valueFrom: { configMapKeyRef: { name: configMap, key } },
    }));
  }

  function secretVariables() {
    return Object.entries(secrets).map(([name, { secret, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    }));
  }

  function caVolume() {
    return ca ? [{ name: "stores-ca", configMap: { name: ca.configMap } }] : [];
  }

  /** Waits until a store answers (docs/requirements.md, O5). */
  function waitContainer(store: SpeakingEndpoint): Container {
    const name = `wait-for-${store.host}`;
    return {
      name,
      image: args.images.busybox,
      imagePullPolicy: "IfNotPresent",
      command: ["sh", "-c", waitScript, name],
      args: waitArguments(store),
      resources: resourcesOf(
        { requests: { cpu: "10m", memory: "8Mi" }, limits: { cpu: "100m", memory: "32Mi" } },
        { request: "8Mi", limit: "32Mi" },
      ),
      securityContext: containerSecurity(),
      volumeMounts: writable.mounts,
    };
  }
}
