import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { quantity } from "../../model/quantity";
import { users } from "../../model/versions";
import { workloads } from "../../model/workloads";
import { labelsOf } from "../kube/labels";
import { password } from "../kube/password";
import type { SecretRef } from "../kube/references";
import { createStatefulStore } from "../kube/stateful";
import { CA_FILE } from "../kube/trust";
import type { SpeakingEndpoint } from "../kube/wait";
import { createServerCertificate } from "./certificate";
import { createExporter } from "./exporter";
import type { StoreArgs } from "./store-args";

const { app: APP, port: PORT } = workloads.redis;
const CONFIG = "/etc/redis";
const TLS = "/etc/redis-tls";

/**
 * Share of the memory limit that Redis may fill before it evicts. To rewrite its file it forks, and each page that is written
 * meanwhile is there twice, in the end all of them; the rest is for what clients have not read yet.
 */
const MAX_MEMORY_RATIO = 0.4;

/** What the exporter may ask. Not CONFIG, which would tell it the password of everybody else. */
const METRICS_COMMANDS = "+auth +hello +ping +client|setname +info +slowlog|len +slowlog|get +latency|latest";

/** One Redis 7 with a password, TLS alone and an append-only file: a cache, never the store of record. */
export class Redis extends pulumi.ComponentResource {
  readonly endpoint: SpeakingEndpoint = { host: APP, port: PORT, speaks: "tls" };
  /** `rediss://` URL with the password. */
  readonly url: SecretRef;

  constructor(name: string, args: StoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:stores:Redis", name, {}, opts);
    const { namespace, platform, resources, protect } = args;
    const { endpoint } = this;
    const child = { parent: this };

    const value = password(`${name}-password`, { ...child, protect });
    const metricsPassword = password(`${name}-metrics-password`, { ...child, protect });
    const certificate = createServerCertificate(name, APP, args, child);
    const config = configuration();
    const secret = createSecret();
    const server = createServer();
    createMetrics();
    this.url = { secret: APP, key: "url", checksum: args.checksum(value) };
    this.registerOutputs({ endpoint });

    function configuration() {
      const maxMemory = Math.floor(quantity(resources.limits.memory) * MAX_MEMORY_RATIO);
      return pulumi.interpolate`port 0
tls-port ${PORT}
tls-cert-file ${TLS}/tls.crt
tls-key-file ${TLS}/tls.key
tls-ca-cert-file ${TLS}/ca.crt
tls-auth-clients no
requirepass ${value}
user metrics on >${metricsPassword} -@all ${METRICS_COMMANDS}
appendonly yes
appendfsync everysec
maxmemory ${maxMemory}
maxmemory-policy allkeys-lru
`;
    }

    function createSecret() {
      const url = pulumi.interpolate`rediss://:${value}@${endpoint.host}:${endpoint.port}`;
      return new k8s.core.v1.Secret(
        name,
        {
          metadata: { name: APP, namespace, labels: labelsOf(APP, platform) },
          stringData: {
            password: value,
            url,
            "redis.conf": config,
            "metrics-password": metricsPassword,
          },
        },
        child,
      );
    }

    function createServer() {
      return createStatefulStore(
        name,
        args,
        {
          app: APP,
          user: users.redis,
          ports: { redis: PORT },
          dataPath: "/data",
          scratchPaths: ["/tmp"],
          mounts: [
            {
              volume: {
                name: "config",
                secret: { secretName: APP, items: [{ key: "redis.conf", path: "redis.conf" }] },
              },
              mountPath: CONFIG,
            },
            { volume: certificate.volume, mountPath: TLS },
          ],
          checksums: {
            "platform/config": args.checksum(config),
            "platform/certificate": certificate.checksum,
          },
          gracePeriod: 30,
          container: {
            image: args.images.redis,
            args: ["redis-server", `${CONFIG}/redis.conf`],
            env: [{ name: "REDISCLI_AUTH", valueFrom: fromSecret("password") }],
            // While it loads its file the ping is answered with an error, and redis-cli still ends with 0.
            readinessProbe: {
              exec: {
                command: ["sh", "-c", `redis-cli --tls --cacert ${TLS}/ca.crt ping | grep -q PONG`],
              },
              periodSeconds: 5,
              timeoutSeconds: 3,
            },
            livenessProbe: { tcpSocket: { port: "redis" }, periodSeconds: 10, failureThreshold: 6 },
          },
        },
        { ...child, dependsOn: [secret, certificate.secret] },
      );
    }

    function createMetrics() {
      createExporter(
        `${name}-exporter`,
        {
          workload: workloads.redisExporter,
          image: args.images.redisExporter,
          env: [
            { name: "REDIS_ADDR", value: `rediss://${APP}:${PORT}` },
            { name: "REDIS_USER", value: "metrics" },
            { name: "REDIS_PASSWORD", valueFrom: fromSecret("metrics-password") },
            { name: "REDIS_EXPORTER_TLS_CA_CERT_FILE", value: CA_FILE },
          ],
          login: args.checksum(metricsPassword),
          ca: args.ca,
        },
        args,
        { ...child, dependsOn: [server] },
      );
    }

    function fromSecret(key: string) {
      return { secretKeyRef: { name: APP, key } };
    }
  }
}
