import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { HEALTH_PATH } from "../../model/paths";
import type { Plan } from "../../model/plan";
import { users } from "../../model/versions";
import { workloads } from "../../model/workloads";
import { createAccount } from "../kube/account";
import type { PlatformContext } from "../kube/context";
import { createDisruptionBudget } from "../kube/disruption-budget";
import { labelsOf, selectorOf } from "../kube/labels";
import { podOf } from "../kube/pod";
import { resourcesOf } from "../kube/resources";
import { scratch } from "../kube/scratch";
import { containerSecurity } from "../kube/security";
import { waitsFor, waitsForNothing } from "../kube/waits";
import { containerLayout } from "./layout";
import { nginxConfig } from "./nginx-config";
import type { RouteTable } from "./routes";
import { shutdownOf } from "./shutdown";
import { SERVER_PARAMETERS } from "./upstreams";

const { app, http, https, metrics } = workloads.nginx;

/** Where the container finds its files: its configuration, and the scripts that look after servers and certificate. */
const FOLDER = "/etc/nginx";
const DISCOVERY_FILE = `${FOLDER}/discovery.sh`;
/** Where the Secret is mounted; nginx reads the copy that certificate.sh makes. */
const MOUNTED_CERTIFICATE = `${FOLDER}/tls`;

const read = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8");

/** The scripts themselves: nginx's own container runs them. */
export const scripts = Object.fromEntries(
  ["discovery.sh", "certificate.sh"].map((file) => [file, read(file)]),
);

/** What nginx tells Prometheus. */
export const metricsPage = read("metrics.ssi");

/** Bodies that are not complete yet are kept in the pod's memory: 25 of the largest, and never on the node's disk. */
const BODIES = { medium: "Memory", sizeLimit: "256Mi" };
/** A key belongs on no disk either. */
const CERTIFICATE = { medium: "Memory", sizeLimit: "1Mi" };

/** A Secret of type kubernetes.io/tls, and a fingerprint of the certificate if its bearer knows it. */
export interface CertificateRef {
  secret: string;
  checksum?: pulumi.Input<string>;
}

/** Arguments of {@link Nginx}. */
export interface NginxArgs extends PlatformContext {
  routes: RouteTable;
  settings: Plan["frontDoor"];
  /** Annotations that keep the sidecar away from its public ports. @default none, outside a mesh */
  publicPorts: Readonly<Record<string, string>>;
  certificate: CertificateRef;
}

/** The front door: the official nginx, its configuration generated from the routes, balancing over the pods. */
export class Nginx extends pulumi.ComponentResource {
  constructor(name: string, args: NginxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:frontdoor:Nginx", name, {}, opts);
    const { namespace, platform, routes, settings, certificate } = args;
    const labels = labelsOf(app, platform);
    const metadata = { name: app, namespace, labels };
    const child = { parent: this };
    const files = { "nginx.conf": nginxConfig(routes), ...scripts, "metrics.ssi": metricsPage };
    const shutdown = shutdownOf(settings);

    const account = createAccount(name, app, args, child);
    const configMap = new k8s.core.v1.ConfigMap(name, { metadata, data: files }, child);
    const names = routes.balancesPods ? routes.services.map(createPodNames) : [];
    createDeployment();
    createService();
    createDisruptionBudget(name, app, args, child);
    this.registerOutputs();

    /** A name of a service's ready pods: its Service's own leads to one address, behind which nginx sees nothing. */
    function createPodNames({ service, target, port }: RouteTable["services"][number]) {
      return new k8s.core.v1.Service(
        `${name}-${target}`,
        {
          metadata: {
            name: target,
            namespace,
            labels: labelsOf(service, platform),
            annotations: waitsForNothing,
          },
          spec: {
            clusterIP: "None",
            publishNotReadyAddresses: false,
            selector: selectorOf(service),
            ports: [{ name: "http", port, targetPort: "http" }],
          },
        },
        child,
      );
    }

    function createDeployment() {
      const writable = scratch(["/tmp", "/var/cache/nginx", "/var/run"]);
      return new k8s.apps.v1.Deployment(
        name,
        {
          metadata: { ...metadata, annotations: waitsFor("Deployment", settings.replicas) },
          spec: {
            replicas: settings.replicas,
            selector: { matchLabels: selectorOf(app) },
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            template: {
              metadata: {
                labels,
                annotations: {
                  ...args.sidecar,
                  ...args.publicPorts,
                  "platform/config": args.checksum(JSON.stringify(files)),
                  ...(certificate.checksum && { "platform/certificate": certificate.checksum }),
                },
              },
              spec: {
                ...podOf({ app, user: users.nginx, priority: "services" }, args),
                terminationGracePeriodSeconds: shutdown.grace,
                containers: [nginxContainer(writable.mounts)],
                volumes: [
                  { name: "config", configMap: { name: configMap.metadata.name } },
                  { name: "tls", secret: { secretName: certificate.secret } },
                  { name: "certificate", emptyDir: CERTIFICATE },
                  { name: "bodies", emptyDir: BODIES },
                  ...writable.volumes,
                ],
              },
            },
          },
        },
        { ...child, dependsOn: [account, ...names] },
      );
    }

    function nginxContainer(writable: k8s.types.input.core.v1.VolumeMount[]) {
      return {
        name: app,
        image: args.images.nginx,
        imagePullPolicy: "IfNotPresent",
        command: ["sh", DISCOVERY_FILE, "run"],
        args: routes.services.map(({ service, target, port }) => `${service}=${target}:${port}`),
        env: [
          { name: "UPSTREAMS", value: containerLayout.upstreams },
          { name: "CERTIFICATE", value: MOUNTED_CERTIFICATE },
          { name: "SERVED_CERTIFICATE", value: containerLayout.tls },
          { name: "METRICS", value: containerLayout.certificateMetrics },
          { name: "NOBODY", value: containerLayout.local },
          { name: "SERVER_PARAMETERS", value: SERVER_PARAMETERS },
        ],
        ports: [
          { name: "http", containerPort: http },
          { name: "https", containerPort: https },
          { name: "metrics", containerPort: metrics },
        ],
        resources: resourcesOf({
          requests: { cpu: "50m", memory: "64Mi" },
          // As much for nginx itself as for bodies.
          limits: { cpu: "500m", memory: "512Mi" },
        }),
        readinessProbe: {
          httpGet: { path: HEALTH_PATH, port: "http" },
          periodSeconds: 5,
          timeoutSeconds: 3,
        },
        // nginx's end is the container's; what may hang beside it is the discovery.
        livenessProbe: {
          exec: { command: ["sh", DISCOVERY_FILE, "alive"] },
          initialDelaySeconds: 10,
          periodSeconds: 10,
          timeoutSeconds: 5,
        },
        lifecycle: { preStop: { sleep: { seconds: shutdown.drain } } },
        securityContext: containerSecurity(),
        volumeMounts: [
          ...Object.keys(files).map((file) => ({
            name: "config",
            mountPath: `${FOLDER}/${file}`,
            subPath: file,
            readOnly: true,
          })),
          // As a folder: a single file of a Secret would never be renewed.
          { name: "tls", mountPath: MOUNTED_CERTIFICATE, readOnly: true },
          { name: "certificate", mountPath: containerLayout.tls },
          { name: "bodies", mountPath: containerLayout.bodies },
          ...writable,
        ],
      };
    }

    function createService() {
      const { type, nodePorts, replicas } = settings;
      const waits = type === "LoadBalancer" ? waitsFor("LoadBalancer", replicas) : waitsForNothing;
      return new k8s.core.v1.Service(
        name,
        {
          metadata: { ...metadata, annotations: waits },
          spec: {
            type,
            // Else the node's address would stand for every client's: in ip_hash, in the rate limit and in the log.
            ...(type !== "ClusterIP" && { externalTrafficPolicy: "Local" }),
            selector: selectorOf(app),
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
