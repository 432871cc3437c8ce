import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf, selectorOf } from "../kube/labels";
import { scratch } from "../kube/scratch";
import { containerSecurity, podSecurity } from "../kube/security";
import type { Plan } from "../plan";
import type { Checksum } from "../secrets";
import { images, users } from "../versions";
import { HTTP_PORT, HTTPS_PORT, nginxConfig, TLS_DIR, type Upstream } from "./config";

const APP = "nginx";

/** Arguments of {@link Nginx}. */
export interface NginxArgs {
  namespace: pulumi.Input<string>;
  platform: string;
  host: string;
  /** Where browsers reach it. */
  url: string;
  settings: Plan["frontDoor"];
  upstreams: readonly Upstream[];
  /** Secret of type kubernetes.io/tls, and a fingerprint of its certificate. */
  certificate: { secret: string; checksum?: pulumi.Input<string> };
  checksum: Checksum;
}

/** The front door: the official nginx, its configuration generated from the routes of the catalog. */
export class Nginx extends pulumi.ComponentResource {
  constructor(name: string, args: NginxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:frontdoor:Nginx", name, {}, opts);
    const { namespace, platform, host, url, settings, upstreams, certificate } = args;
    const labels = labelsOf(APP, platform);
    const metadata = { name: APP, namespace, labels };
    const child = { parent: this };
    const config = nginxConfig({ host, url, upstreams });

    const configMap = new k8s.core.v1.ConfigMap(name, { metadata, data: { "nginx.conf": config } }, child);
    createDeployment();
    createService();
    this.registerOutputs();

    function createDeployment() {
      const writable = scratch(["/tmp", "/var/cache/nginx", "/var/run"]);
      const health = { httpGet: { path: "/health", port: "http" } };
      return new k8s.apps.v1.Deployment(
        name,
        {
          metadata,
          spec: {
            replicas: settings.replicas,
            selector: { matchLabels: selectorOf(APP) },
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            template: {
              metadata: {
                labels,
                annotations: {
                  "platform/config": args.checksum(config),
                  ...(certificate.checksum && { "platform/certificate": certificate.checksum }),
                },
              },
              spec: {
                automountServiceAccountToken: false,
                enableServiceLinks: false,
                securityContext: podSecurity(users.nginx),
                containers: [
                  {
                    name: APP,
                    image: images.nginx,
                    imagePullPolicy: "IfNotPresent",
                    ports: [
                      { name: "http", containerPort: HTTP_PORT },
                      { name: "https", containerPort: HTTPS_PORT },
                    ],
                    resources: {
                      requests: { cpu: "50m", memory: "32Mi" },
                      limits: { cpu: "500m", memory: "128Mi" },
                    },
                    readinessProbe: { ...health, periodSeconds: 5, timeoutSeconds: 3 },
                    livenessProbe: { ...health, periodSeconds: 10, timeoutSeconds: 5 },
                    // Connections still arrive for a moment after the endpoint is gone.
                    lifecycle: { preStop: { sleep: { seconds: 5 } } },
                    securityContext: containerSecurity(),
                    volumeMounts: [
                      {
                        name: "config",
                        mountPath: "/etc/nginx/nginx.conf",
                        subPath: "nginx.conf",
                        readOnly: true,
                      },
                      { name: "tls", mountPath: TLS_DIR, readOnly: true },
                      ...writable.mounts,
                    ],
                  },
                ],
                volumes: [
                  { name: "config", configMap: { name: configMap.metadata.name } },
                  { name: "tls", secret: { secretName: certificate.secret } },
                  ...writable.volumes,
                ],
              },
            },
          },
        },
        child,
      );
    }

    function createService() {
      const { type, nodePorts } = settings;
      return new k8s.core.v1.Service(
        name,
        {
          metadata,
          spec: {
            type,
            selector: selectorOf(APP),
            ports: [
              { name: "http", port: 80, targetPort: "http", nodePort: nodePorts?.http },
              { name: "https", port: 443, targetPort: "https", nodePort: nodePorts?.https },
            ],
          },
        },
        child,
      );
    }
  }
}
