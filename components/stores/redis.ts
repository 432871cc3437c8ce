import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "../kube/labels";
import { quantity } from "../kube/quantity";
import { password, type SecretRef } from "../secrets";
import { images, users } from "../versions";
import { createStatefulStore } from "./stateful";
import type { Endpoint, StoreArgs } from "./store";

const APP = "redis";
const PORT = 6379;
const CONFIG = "/etc/redis";

/** Share of the memory limit that Redis may fill before it evicts; the rest is for the append-only rewrite. */
const MAX_MEMORY_RATIO = 0.75;

/** One Redis 7 with a password and an append-only file: a cache, never the store of record. */
export class Redis extends pulumi.ComponentResource {
  readonly endpoint: Endpoint = { host: APP, port: PORT };
  /** `redis://` URL with the password. */
  readonly url: SecretRef;

  constructor(name: string, args: StoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:stores:Redis", name, {}, opts);
    const { namespace, platform, resources, protect } = args;
    const { endpoint } = this;
    const child = { parent: this };

    const value = password(`${name}-password`, { ...child, protect });
    const config = configuration();
    const secret = createSecret();
    createServer();
    this.url = { secret: APP, key: "url", checksum: args.checksum(value) };
    this.registerOutputs({ endpoint });

    function configuration() {
      const maxMemory = Math.floor(quantity(resources.limits.memory) * MAX_MEMORY_RATIO);
      return pulumi.interpolate`requirepass ${value}
appendonly yes
appendfsync everysec
maxmemory ${maxMemory}
maxmemory-policy allkeys-lru
`;
    }

    function createSecret() {
      const url = pulumi.interpolate`redis://:${value}@${endpoint.host}:${endpoint.port}`;
      return new k8s.core.v1.Secret(
        name,
        {
          metadata: { name: APP, namespace, labels: labelsOf(APP, platform) },
          stringData: { password: value, url, "redis.conf": config },
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
          ],
          checksums: { "platform/config": args.checksum(config) },
          gracePeriod: 30,
          container: {
            image: images.redis,
            args: ["redis-server", `${CONFIG}/redis.conf`],
            env: [{ name: "REDISCLI_AUTH", valueFrom: { secretKeyRef: { name: APP, key: "password" } } }],
            // While it loads its file the ping is answered with an error, and redis-cli still ends with 0.
            readinessProbe: {
              exec: { command: ["sh", "-c", "redis-cli ping | grep -q PONG"] },
              periodSeconds: 5,
              timeoutSeconds: 3,
            },
            livenessProbe: { tcpSocket: { port: "redis" }, periodSeconds: 10, failureThreshold: 6 },
          },
        },
        { ...child, dependsOn: [secret] },
      );
    }
  }
}
