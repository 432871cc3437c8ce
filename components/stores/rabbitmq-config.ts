import { createHash } from "node:crypto";
import { workloads } from "../../model/workloads";
import { waitArguments } from "../kube/wait";

const { app: APP, port: PORT, peers } = workloads.rabbitmq;

/** Where things are in the container. */
export const paths = {
  data: "/var/lib/rabbitmq",
  definitions: "/etc/rabbitmq/definitions",
  tls: "/etc/rabbitmq-tls",
  cookie: "/run/secrets/erlang",
} as const;

/** Ports that the nodes of a cluster talk to each other on: Erlang's port mapper, and its distribution. */
export const clusterPorts = { epmd: peers[0], clustering: peers[1] };

const firstNode = waitArguments({ host: `${APP}-0`, port: clusterPorts.epmd, speaks: "rabbitmqNode" });

/** rabbitmq.conf, beyond what the image's own says already. Pure. */
export function rabbitmqConfig(platform: string, replicas: number): string {
  return `load_definitions = ${paths.definitions}/definitions.json
listeners.tcp = none
listeners.ssl.default = ${PORT}
ssl_options.cacertfile = ${paths.tls}/ca.crt
ssl_options.certfile = ${paths.tls}/tls.crt
ssl_options.keyfile = ${paths.tls}/tls.key
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false
# Its pages have no TLS: by kubectl port-forward alone.
management.tcp.ip = 127.0.0.1
vm_memory_high_watermark.relative = 0.6
disk_free_limit.absolute = 256MB
log.console.level = warning
${replicas > 1 ? clusterConfig(platform, replicas) : ""}`;
}

/**
 * The members are known beforehand, so that no node needs to ask Kubernetes. Those that are cut off from the majority
 * stop, rather than go on with a truth of their own.
 */
function clusterConfig(platform: string, replicas: number): string {
  const members = Array.from(
    { length: replicas },
    (_, index) =>
      `cluster_formation.classic_config.nodes.${index + 1} = rabbit@${APP}-${index}
`,
  );
  return `cluster_name = ${platform}
cluster_formation.peer_discovery_backend = classic_config
${members.join("")}cluster_partition_handling = pause_minority
`;
}

/**
 * Run before each start: the secret that nodes and their tools know each other by, which Erlang wants to be readable
 * to its owner alone; and before the very first start of any other node, a wait for the first one, by the script in
 * WAIT. Nodes that find no other node would each begin a cluster of its own.
 */
export const prepareScript = `set -eu
umask 077
cat ${paths.cookie}/erlang-cookie >${paths.data}/.erlang.cookie.new
mv -f ${paths.data}/.erlang.cookie.new ${paths.data}/.erlang.cookie
if [ "$HOSTNAME" = ${APP}-0 ] || [ -d "${paths.data}/mnesia/rabbit@$HOSTNAME" ]; then exit 0; fi
exec sh -c "$WAIT" wait-for-${APP}-0 ${firstNode.map((argument) => `'${argument}'`).join(" ")}
`;

/** RabbitMQ's salted SHA-256 (its documentation, "Password Hashes"): base64 of salt and hash. */
export function passwordHash(password: string, salt: string): string {
  const bytes = Buffer.from(salt, "base64");
  const hash = createHash("sha256").update(bytes).update(password, "utf8").digest();
  return Buffer.concat([bytes, hash]).toString("base64");
}

/**
 * One user, queues that are quorum queues unless they ask for something else, and a policy under which none repeats a
 * message for ever.
 */
export const definitionsOf = (user: string, password_hash: string) => ({
  vhosts: [{ name: "/", default_queue_type: "quorum", metadata: { tags: [], default_queue_type: "quorum" } }],
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
