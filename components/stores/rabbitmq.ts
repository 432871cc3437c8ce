import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { labelsOf } from "../kube/labels";
import { password, type SecretRef } from "../secrets";
import { images, users } from "../versions";
import { createStatefulStore } from "./stateful";
import type { Endpoint, StoreArgs } from "./store";

const APP = "rabbitmq";
const PORT = 5672;
const DEFINITIONS = "/etc/rabbitmq/definitions";

const CONFIG = `# What the image's own configuration does not say already.
load_definitions = ${DEFINITIONS}/definitions.json
vm_memory_high_watermark.relative = 0.6
disk_free_limit.absolute = 256MB
log.console.level = warning
`;

/**
 * One RabbitMQ 3 with its management plugin. Users, permissions and policies are definitions that it imports at
 * each start; a built-in guest does not exist.
 */
export class RabbitMQ extends pulumi.ComponentResource {
  readonly endpoint: Endpoint = { host: APP, port: PORT };
  /** `amqp://` URL with user and password. */
  readonly url: SecretRef;

  constructor(name: string, args: StoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:stores:RabbitMQ", name, {}, opts);
    const { namespace, platform, protect } = args;
    const { endpoint } = this;
    const metadata = { name: APP, namespace, labels: labelsOf(APP, platform) };
    const child = { parent: this };

    const value = password(`${name}-password`, { ...child, protect });
    const definitions = createDefinitions();
    const secret = createSecret();
    const config = new k8s.core.v1.ConfigMap(name, { metadata, data: { "20-platform.conf": CONFIG } }, child);
    createServer();
    this.url = { secret: APP, key: "url", checksum: args.checksum(value) };
    this.registerOutputs({ endpoint });

    function createDefinitions() {
      // A salt of its own rather than a random one at each run: the same password gives the same definitions.
      const salt = new random.RandomBytes(`${name}-password-salt`, { length: 4 }, { ...child, protect });
      return pulumi
        .all([value, salt.base64])
        .apply(([password, salt]) =>
          JSON.stringify(definitionsOf(platform, passwordHash(password, salt)), null, 2),
        );
    }

    function createSecret() {
      const url = pulumi.interpolate`amqp://${platform}:${value}@${endpoint.host}:${endpoint.port}`;
      return new k8s.core.v1.Secret(
        name,
        {
          metadata,
          stringData: { username: platform, password: value, url, "definitions.json": definitions },
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
          user: users.rabbitmq,
          ports: { amqp: PORT, management: 15672, metrics: 15692 },
          dataPath: "/var/lib/rabbitmq",
          scratchPaths: ["/tmp", "/var/log/rabbitmq"],
          mounts: [
            {
              volume: { name: "config", configMap: { name: APP } },
              mountPath: "/etc/rabbitmq/conf.d/20-platform.conf",
              subPath: "20-platform.conf",
            },
            {
              volume: {
                name: "definitions",
                secret: { secretName: APP, items: [{ key: "definitions.json", path: "definitions.json" }] },
              },
              mountPath: DEFINITIONS,
            },
          ],
          checksums: {
            "platform/config": args.checksum(CONFIG),
            "platform/definitions": args.checksum(definitions),
          },
          gracePeriod: 60,
          container: {
            image: images.rabbitmq,
            // `rabbitmq-diagnostics` starts an Erlang machine at each call, half a second of a core; the port
            // opens last in the boot, and closes when the node pauses.
            startupProbe: { tcpSocket: { port: "amqp" }, periodSeconds: 1, failureThreshold: 180 },
            readinessProbe: { tcpSocket: { port: "amqp" }, periodSeconds: 5 },
            livenessProbe: {
              httpGet: { path: "/metrics", port: "metrics" },
              periodSeconds: 30,
              timeoutSeconds: 10,
            },
          },
        },
        { ...child, dependsOn: [secret, config] },
      );
    }
  }
}

/** RabbitMQ's salted SHA-256 (its documentation, "Password Hashes"): base64 of salt and hash. */
function passwordHash(password: string, salt: string): string {
  const bytes = Buffer.from(salt, "base64");
  const hash = createHash("sha256").update(bytes).update(password, "utf8").digest();
  return Buffer.concat([bytes, hash]).toString("base64");
}

/** One user, and a policy under which no queue loses or repeats a message for ever. */
const definitionsOf = (user: string, password_hash: string) => ({
  vhosts: [{ name: "/" }],
  users: [
    { name: user, password_hash, hashing_algorithm: "rabbit_password_hashing_sha256", tags: "administrator" },
  ],
  permissions: [{ user, vhost: "/", configure: ".*", write: ".*", read: ".*" }],
  policies: [
    {
      vhost: "/",
      name: "quorum",
      pattern: ".*",
      "apply-to": "queues",
      priority: 0,
      definition: { "delivery-limit": 5 },
    },
  ],
});
