import type * as k8s from "@pulumi/kubernetes";
import { resourcesOf } from "../kube/resources";
import { containerSecurity } from "../kube/security";

/** What an exporter has of its own. */
export interface ExporterArgs {
  image: string;
  /** Port of its metrics. */
  port: number;
  env: k8s.types.input.core.v1.EnvVar[];
  /** Certificates of the store that it reads from. */
  certificates: { volume: { name: string }; mountPath: string };
}

/**
 * A container that tells Prometheus about the store beside it. Its health is its own: a store that is away shows in
 * its figures, and does not take it down as well.
 */
export function exporter({
  image,
  port,
  env,
  certificates,
}: ExporterArgs): k8s.types.input.core.v1.Container {
  return {
    name: "exporter",
    image,
    imagePullPolicy: "IfNotPresent",
    env,
    ports: [{ name: "metrics", containerPort: port }],
    readinessProbe: { httpGet: { path: "/", port: "metrics" }, periodSeconds: 10, timeoutSeconds: 3 },
    livenessProbe: { tcpSocket: { port: "metrics" }, periodSeconds: 20, timeoutSeconds: 3 },
    resources: resourcesOf(
      { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "250m", memory: "64Mi" } },
      { request: "8Mi", limit: "32Mi" },
    ),
    securityContext: containerSecurity(),
    volumeMounts: [{ name: certificates.volume.name, mountPath: certificates.mountPath, readOnly: true }],
  };
}
