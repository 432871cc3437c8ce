import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Plan } from "../../model/plan";
import { users } from "../../model/versions";
import { workloads } from "../../model/workloads";
import { createDisruptionBudget } from "../kube/disruption-budget";
import { labelsOf, selectorOf } from "../kube/labels";
import { password } from "../kube/password";
import { podOf } from "../kube/pod";
import type { SecretRef } from "../kube/references";
import { resourcesOf } from "../kube/resources";
import { scratch } from "../kube/scratch";
import { containerSecurity } from "../kube/security";
import { createStatefulStore } from "../kube/stateful";
import { type SpeakingEndpoint, waitScript } from "../kube/wait";
import { waitsForNothing } from "../kube/waits";
import { createServerCertificate } from "./certificate";
import {
  clusterPorts,
  definitionsOf,
  passwordHash,
  paths,
  prepareScript,
  rabbitmqConfig,
} from "./rabbitmq-config";
import type { StoreArgs } from "./store-args";

const { app: APP, port: PORT, metrics: METRICS_PORT } = workloads.rabbitmq;
/** Headless Service by which the nodes find each other. */
const NODES = workloads.rabbitmq.nodes;

/** Bytes of what Erlang writes when it crashes; the beginning says why. */
const CRASH_DUMP = 16 * 2 ** 20;

/** Arguments of {@link RabbitMQ}. */
export type RabbitMQArgs = StoreArgs & NonNullable<Plan["rabbitmq"]>;

/**
 * RabbitMQ 3 with its management plugin, one node or a cluster of three; clients speak TLS alone. Users, permissions
 * and policies are definitions that it imports at each start; a built-in guest does not exist.
 */
export class RabbitMQ extends pulumi.ComponentResource {
  readonly endpoint: SpeakingEndpoint = { host: APP, port: PORT, speaks: "tls" };
  /** `amqps://` URL with user and password. */
  readonly url: SecretRef;

  constructor(name: string, args: RabbitMQArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:stores:RabbitMQ", name, {}, opts);
    const { namespace, platform, protect, replicas } = args;
    const { endpoint } = this;
    const isCluster = replicas > 1;
    const metadata = { name: APP, namespace, labels: labelsOf(APP, platform) };
    const child = { parent: this };
    const configText = rabbitmqConfig(platform, replicas);

    const value = password(`${name}-password`, { ...child, protect });
    const cookie = password(`${name}-erlang-cookie`, { ...child, protect });
    const certificate = createServerCertificate(name, APP, args, child);
    const definitions = createDefinitions();
    const secret = createSecret();
    const config = new k8s.core.v1.ConfigMap(
      name,
      { metadata, data: { "20-platform.conf": configText } },
      child,
    );
    createClientService();
    createServer();
    if (isCluster) createDisruptionBudget(name, APP, args, child);
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
      const url = pulumi.interpolate`amqps://${platform}:${value}@${endpoint.host}:${endpoint.port}`;
      return new k8s.core.v1.Secret(
        name,
        {
          metadata,
          stringData: {
            username: platform,
            password: value,
            url,
            "definitions.json": definitions,
            "erlang-cookie": cookie,
          },
        },
        child,
      );
    }

    /** Any node that is ready: each one knows every queue. */
    function createClientService() {
      new k8s.core.v1.Service(
        `${name}-clients`,
        {
          metadata: { ...metadata, annotations: waitsForNothing },
          spec: {
            type: "ClusterIP",
            selector: selectorOf(APP),
            ports: [{ name: "amqps", port: PORT, targetPort: "amqps" }],
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
          user: users.rabbitmq,
          replicas,
          ports: { amqps: PORT, metrics: METRICS_PORT, ...clusterPorts },
          nodes: { service: NODES, publishNotReadyAddresses: true },
          dataPath: paths.data,
          scratchPaths: ["/tmp", "/var/log/rabbitmq"],
          mounts: [
            {
              volume: { name: "config", configMap: { name: APP } },
              mountPath: "/etc/rabbitmq/conf.d/20-platform.conf",
              subPath: "20-platform.conf",
            },
            fromSecret("definitions", "definitions.json", paths.definitions),
            fromSecret("cookie", "erlang-cookie", paths.cookie),
            { volume: certificate.volume, mountPath: paths.tls },
          ],
          checksums: {
            "platform/config": args.checksum(configText),
            "platform/definitions": args.checksum(definitions),
            "platform/cookie": args.checksum(cookie),
            "platform/certificate": certificate.checksum,
          },
          gracePeriod: isCluster ? 120 : 60,
          preparations: [prepareContainer()],
          container: {
            image: args.images.rabbitmq,
            // It may be as large as the memory, and goes to a folder whose overflow has the pod evicted.
            env: [{ name: "ERL_CRASH_DUMP_BYTES", value: String(CRASH_DUMP) }],
            // `rabbitmq-diagnostics` starts an Erlang machine at each call, half a second of a core; the port
            // opens last in the boot, and closes when the node pauses.
            readinessProbe: { tcpSocket: { port: "amqps" }, periodSeconds: 5 },
            livenessProbe: isCluster
              ? // A node that paused, cut off from the others, goes on by itself: a restart would only delay it.
                { tcpSocket: { port: "clustering" }, periodSeconds: 30, timeoutSeconds: 10 }
              : { httpGet: { path: "/metrics", port: "metrics" }, periodSeconds: 30, timeoutSeconds: 10 },
            lifecycle: isCluster ? { preStop: { exec: { command: ["sh", "-c", LEAVE] } } } : undefined,
          },
          pod: {
            // A node is `rabbit@<pod>`, with one node as with three: the name of its folder of data.
            dnsConfig: { searches: [pulumi.interpolate`${NODES}.${namespace}.svc.${args.clusterDomain}`] },
            ...(isCluster && args.tier === "production" && { affinity: apart() }),
          },
        },
        { ...child, dependsOn: [secret, config, certificate.secret] },
      );
    }

    function fromSecret(volume: string, key: string, mountPath: string) {
      return {
        volume: { name: volume, secret: { secretName: APP, items: [{ key, path: key }] } },
        mountPath,
      };
    }

    function prepareContainer(): k8s.types.input.core.v1.Container {
      return {
        name: "prepare",
        image: args.images.busybox,
        imagePullPolicy: "IfNotPresent",
        command: ["sh", "-c", prepareScript],
        env: [{ name: "WAIT", value: waitScript }],
        resources: resourcesOf(
          { requests: { cpu: "10m", memory: "8Mi" }, limits: { cpu: "100m", memory: "32Mi" } },
          { request: "8Mi", limit: "32Mi" },
        ),
        securityContext: containerSecurity(),
        volumeMounts: [
          { name: "data", mountPath: paths.data },
          { name: "cookie", mountPath: paths.cookie, readOnly: true },
          ...scratch(["/tmp"]).mounts,
        ],
      };
    }

    /** Two nodes on one machine would be one machine away from no majority. */
    function apart() {
      const { podAntiAffinity } = podOf({ app: APP, user: users.rabbitmq, priority: "data" }, args).affinity;
      const required = {
        labelSelector: { matchLabels: selectorOf(APP) },
        topologyKey: "kubernetes.io/hostname",
      };
      return {
        podAntiAffinity: { ...podAntiAffinity, requiredDuringSchedulingIgnoredDuringExecution: [required] },
      };
    }
  }
}

/** Before a node ends: no queue may lose its majority by it; then its leaders and clients move to the others. */
const LEAVE = "rabbitmq-upgrade await_online_quorum_plus_one --timeout 60; rabbitmq-upgrade drain";
