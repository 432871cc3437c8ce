import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { users } from "../../model/versions";
import { workloads } from "../../model/workloads";
import { createAccount } from "../kube/account";
import type { PlatformContext } from "../kube/context";
import type { Endpoint } from "../kube/endpoint";
import { labelsOf, selectorOf } from "../kube/labels";
import { password } from "../kube/password";
import { podOf } from "../kube/pod";
import { resourcesOf } from "../kube/resources";
import { scratch } from "../kube/scratch";
import { containerSecurity } from "../kube/security";
import { waitsFor, waitsForNothing } from "../kube/waits";
import { DATASOURCE } from "./dashboards";

const { app: APP, port: PORT } = workloads.grafana;
const { prometheus } = workloads;
const PROVISIONING = "/etc/grafana/provisioning";
const DASHBOARDS = "/etc/dashboards";
const PASSWORD_KEY = "admin-password";
const PASSWORD = "/etc/grafana-secrets";

/** Arguments of {@link Grafana}. */
export interface GrafanaArgs extends PlatformContext {
  /** Names of ConfigMaps with dashboards. */
  dashboards: readonly string[];
}

/**
 * One Grafana that shows the platform's dashboards. It keeps nothing: its dashboards are provisioned, and what a user
 * changes in it is gone with its pod. Its password is generated: the key `admin-password` of its Secret.
 */
export class Grafana extends pulumi.ComponentResource {
  readonly endpoint: Endpoint = { host: APP, port: PORT };

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:monitoring:Grafana", name, {}, opts);
    const { namespace, platform } = args;
    const child = { parent: this };
    const labels = labelsOf(APP, platform);
    const metadata = { name: APP, namespace, labels };
    const admin = password(`${name}-password`, child);

    const account = createAccount(name, APP, args, child);
    const secret = new k8s.core.v1.Secret(name, { metadata, stringData: { [PASSWORD_KEY]: admin } }, child);
    const configMap = new k8s.core.v1.ConfigMap(name, { metadata, data: provisioning }, child);
    createDeployment();
    createService();
    this.registerOutputs({ endpoint: this.endpoint });

    function createDeployment() {
      const writable = scratch(["/tmp", "/var/lib/grafana", "/var/log/grafana"]);
      const probe = { httpGet: { path: "/api/health", port: "http" }, timeoutSeconds: 3 };
      return new k8s.apps.v1.Deployment(
        name,
        {
          metadata: { ...metadata, annotations: waitsFor("Deployment") },
          spec: {
            replicas: 1,
            selector: { matchLabels: selectorOf(APP) },
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            template: {
              metadata: {
                labels,
                // Dashboards are not among them: Grafana reads a changed one anew by itself.
                annotations: {
                  ...args.sidecar,
                  "platform/config": args.checksum(JSON.stringify(provisioning)),
                  "platform/password": args.checksum(admin),
                },
              },
              spec: {
                ...podOf({ app: APP, user: users.grafana, priority: "services" }, args),
                containers: [
                  {
                    name: APP,
                    image: args.images.grafana,
                    imagePullPolicy: "IfNotPresent",
                    env: Object.entries(environment).map(([name, value]) => ({ name, value })),
                    ports: [{ name: "http", containerPort: PORT }],
                    resources: resourcesOf({
                      requests: { cpu: "50m", memory: "128Mi" },
                      limits: { cpu: "500m", memory: "512Mi" },
                    }),
                    readinessProbe: { ...probe, periodSeconds: 5 },
                    // Its first start makes a database.
                    livenessProbe: {
                      tcpSocket: { port: "http" },
                      initialDelaySeconds: 30,
                      periodSeconds: 15,
                      failureThreshold: 4,
                    },
                    securityContext: containerSecurity(),
                    volumeMounts: [
                      ...Object.keys(provisioning).map((file) => ({
                        name: "provisioning",
                        mountPath: `${PROVISIONING}/${file.replace(".yml", "")}/${file}`,
                        subPath: file,
                        readOnly: true,
                      })),
                      { name: "dashboards", mountPath: DASHBOARDS, readOnly: true },
                      { name: "password", mountPath: PASSWORD, readOnly: true },
                      ...writable.mounts,
                    ],
                  },
                ],
                volumes: [
                  { name: "provisioning", configMap: { name: APP } },
                  {
                    name: "dashboards",
                    projected: { sources: args.dashboards.map((name) => ({ configMap: { name } })) },
                  },
                  { name: "password", secret: { secretName: APP } },
                  ...writable.volumes,
                ],
              },
            },
          },
        },
        { ...child, dependsOn: [account, secret, configMap] },
      );
    }

    function createService() {
      return new k8s.core.v1.Service(
        name,
        {
          metadata: { ...metadata, annotations: waitsForNothing },
          spec: { selector: selectorOf(APP), ports: [{ name: "http", port: PORT, targetPort: "http" }] },
        },
        child,
      );
    }
  }
}

/** The password is read from a file, so that no list of the container's variables shows it. Grafana reports no usage. */
const environment = {
  GF_SECURITY_ADMIN_PASSWORD__FILE: `${PASSWORD}/${PASSWORD_KEY}`,
  GF_USERS_ALLOW_SIGN_UP: "false",
  GF_AUTH_ANONYMOUS_ENABLED: "false",
  GF_ANALYTICS_REPORTING_ENABLED: "false",
  GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
  GF_PLUGINS_PREINSTALL_DISABLED: "true",
  GF_PATHS_PROVISIONING: PROVISIONING,
};

/** Files by the folder of the provisioning that they belong to. */
const provisioning = {
  "datasources.yml": stringify({
    apiVersion: 1,
    datasources: [
      {
        name: "Prometheus",
        uid: DATASOURCE,
        type: "prometheus",
        access: "proxy",
        url: `http://${prometheus.app}:${prometheus.port}`,
        isDefault: true,
        jsonData: { timeInterval: "15s" },
      },
    ],
  }),
  "dashboards.yml": stringify({
    apiVersion: 1,
    providers: [{ name: "platform", type: "file", updateIntervalSeconds: 30, options: { path: DASHBOARDS } }],
  }),
};
