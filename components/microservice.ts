import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Probe } from "./catalog";
import { labelsOf, selectorOf } from "./kube/labels";
import { scratch } from "./kube/scratch";
import { containerSecurity, podSecurity } from "./kube/security";
import type { ServicePlan } from "./plan";
import type { SecretRef } from "./secrets";
import type { Endpoint } from "./stores/store";
import { images, users } from "./versions";

/** Arguments of {@link Microservice}. */
export interface MicroserviceArgs {
  namespace: pulumi.Input<string>;
  platform: string;
  service: ServicePlan;
  /** Secret values by the environment variable they arrive in. */
  secrets: Readonly<Record<string, SecretRef>>;
  /** Plain values by environment variable. */
  environment: Readonly<Record<string, string>>;
  /** Stores the containers wait for before they start. */
  waitFor: readonly Endpoint[];
}

/** Port of every service inside the cluster (orchestration document, section 3). */
export const SERVICE_PORT = 80;

/** A service of the catalog: Deployment, Service and HorizontalPodAutoscaler. */
export class Microservice extends pulumi.ComponentResource {
  /** Where other workloads of the namespace reach it. */
  readonly endpoint: Endpoint;

  constructor(name: string, args: MicroserviceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:services:Microservice", name, {}, opts);
    const { namespace, platform, service, secrets, environment, waitFor } = args;
    const labels = labelsOf(service.name, platform);
    const metadata = { name: service.name, namespace, labels };
    const child = { parent: this };

    const deployment = createDeployment();
    createService();
    createAutoscaler();
    this.endpoint = { host: service.name, port: SERVICE_PORT };
    this.registerOutputs({ endpoint: this.endpoint });

    function createDeployment() {
      const writable = scratch(["/tmp"]);
      return new k8s.apps.v1.Deployment(
        name,
        {
          metadata,
          // No `replicas`: the autoscaler owns them.
          spec: {
            selector: { matchLabels: selectorOf(service.name) },
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            template: {
              metadata: {
                labels: { ...labels, version: service.version },
                annotations: Object.fromEntries(
                  Object.entries(secrets).map(([variable, { checksum }]) => [
                    `platform/${variable}`,
                    checksum,
                  ]),
                ),
              },
              spec: {
                automountServiceAccountToken: false,
                enableServiceLinks: false,
                securityContext: podSecurity(users.service),
                terminationGracePeriodSeconds: 30,
                initContainers: waitFor.map(waitContainer),
                containers: [serviceContainer(writable.mounts)],
                volumes: writable.volumes,
              },
            },
          },
        },
        child,
      );
    }

    function serviceContainer(volumeMounts: k8s.types.input.core.v1.VolumeMount[]) {
      return {
        name: service.name,
        image: service.image,
        imagePullPolicy: "IfNotPresent",
        ports: [{ name: "http", containerPort: service.port }],
        env: [
          ...Object.entries(environment).map(([name, value]) => ({ name, value })),
          ...Object.entries(secrets).map(([name, { secret, key }]) => ({
            name,
            valueFrom: { secretKeyRef: { name: secret, key } },
          })),
        ],
        resources: service.resources,
        livenessProbe: probeOf(service.probes.liveness),
        readinessProbe: probeOf(service.probes.readiness),
        securityContext: containerSecurity(),
        volumeMounts,
      };
    }

    function createService() {
      return new k8s.core.v1.Service(
        name,
        {
          metadata,
          spec: {
            type: "ClusterIP",
            selector: selectorOf(service.name),
            ports: [{ name: "http", port: SERVICE_PORT, targetPort: "http" }],
          },
        },
        child,
      );
    }

    function createAutoscaler() {
      const utilization = (resource: string, averageUtilization: number) => ({
        type: "Resource",
        resource: { name: resource, target: { type: "Utilization", averageUtilization } },
      });
      return new k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name,
        {
          metadata,
          spec: {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment.metadata.name },
            minReplicas: service.scale.min,
            maxReplicas: service.scale.max,
            metrics: [utilization("cpu", 70), utilization("memory", 80)],
          },
        },
        child,
      );
    }
  }
}

function probeOf(probe: Probe): k8s.types.input.core.v1.Probe {
  return {
    httpGet: { path: probe.path, port: "http" },
    initialDelaySeconds: probe.initialDelay,
    periodSeconds: probe.period,
    timeoutSeconds: probe.timeout,
    failureThreshold: probe.failures,
  };
}

/** Waits until a store accepts connections (orchestration document, section 3, `wait-for-db`). */
function waitContainer({ host, port }: Endpoint): k8s.types.input.core.v1.Container {
  return {
    name: `wait-for-${host}`,
    image: images.busybox,
    imagePullPolicy: "IfNotPresent",
    command: ["sh", "-c", `until nc -z ${host} ${port}; do echo waiting for ${host}:${port}; sleep 1; done`],
    resources: { requests: { cpu: "10m", memory: "8Mi" }, limits: { cpu: "100m", memory: "32Mi" } },
    securityContext: containerSecurity(),
  };
}
