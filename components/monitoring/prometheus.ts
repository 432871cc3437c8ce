import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../model/plan";
import { quantity } from "../../model/quantity";
import { users } from "../../model/versions";
import { workloads } from "../../model/workloads";
import type { PlatformContext } from "../kube/context";
import type { Endpoint } from "../kube/endpoint";
import { labelsOf } from "../kube/labels";
import { createStatefulStore } from "../kube/stateful";
import { CERTIFICATES, CERTIFICATES_VOLUME, ownTlsAnnotations } from "../mesh/sidecar-annotations";
import { rulesText } from "./alerts";
import { createAccess, credentialsMount } from "./rbac";
import { RULES_FILE, scrapeText } from "./scrape";

const { app: APP, port: PORT } = workloads.prometheus;
const CONFIG = "/etc/prometheus";
const DATA = "/prometheus";

/** Share of the volume that samples may fill; the rest is for the log of the last hours and for compaction. */
const RETENTION_RATIO = 0.8;
/** Share of the memory limit at which it collects garbage harder, rather than be killed. */
const MEMORY_RATIO = 0.9;

/** A key is in it, which belongs on no disk. */
const certificatesVolume = { medium: "Memory", sizeLimit: "1Mi" };

/** Arguments of {@link Prometheus}. */
export interface PrometheusArgs extends PlatformContext {
  plan: Plan;
}

/** One Prometheus with a volume of its own, which reads what the plan has it read, and alerts. */
export class Prometheus extends pulumi.ComponentResource {
  readonly endpoint: Endpoint = { host: APP, port: PORT };

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:monitoring:Prometheus", name, {}, opts);
    const { namespace, platform, plan } = args;
    const { storage, resources, retention } = plan.prometheus;
    const child = { parent: this };
    const files = { "prometheus.yml": scrapeText(plan), [RULES_FILE]: rulesText(plan) };

    const access = createAccess(name, APP, args, child);
    const configMap = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { name: APP, namespace, labels: labelsOf(APP, platform) },
        data: files,
      },
      child,
    );
    createServer();
    this.registerOutputs({ endpoint: this.endpoint });

    function createServer() {
      const mebibytes = Math.floor((quantity(storage) * RETENTION_RATIO) / 2 ** 20);
      const probe = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 5 });
      createStatefulStore(
        name,
        { ...args, storage, resources },
        {
          app: APP,
          user: users.prometheus,
          ports: { http: PORT },
          dataPath: DATA,
          scratchPaths: ["/tmp"],
          sidecar: ownTlsAnnotations(plan),
          mounts: [
            { volume: { name: "config", configMap: { name: APP } }, mountPath: CONFIG },
            credentialsMount,
            ...(plan.mesh.enabled
              ? [
                  {
                    volume: { name: CERTIFICATES_VOLUME, emptyDir: certificatesVolume },
                    mountPath: CERTIFICATES,
                  },
                ]
              : []),
          ],
          gracePeriod: 60,
          container: {
            image: args.images.prometheus,
            args: [
              `--config.file=${CONFIG}/prometheus.yml`,
              // A restart for each change would be a minute without an alert.
              "--enable-feature=auto-reload-config",
              `--storage.tsdb.path=${DATA}`,
              `--storage.tsdb.retention.time=${retention}`,
              `--storage.tsdb.retention.size=${mebibytes}MB`,
              `--web.listen-address=:${PORT}`,
            ],
            env: [
              {
                name: "GOMEMLIMIT",
                value: String(Math.floor(quantity(resources.limits.memory) * MEMORY_RATIO)),
              },
            ],
            readinessProbe: { ...probe("/-/ready"), periodSeconds: 5 },
            livenessProbe: { ...probe("/-/healthy"), periodSeconds: 15, failureThreshold: 4 },
          },
        },
        { ...child, dependsOn: [configMap, ...access] },
      );
    }
  }
}
