import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { StorePlan } from "../../model/plan";
import { users } from "../../model/versions";
import { workloads } from "../../model/workloads";
import type { PlatformContext } from "../kube/context";
import type { Endpoint } from "../kube/endpoint";
import { labelsOf } from "../kube/labels";
import { createStatefulStore } from "../kube/stateful";

const { app: APP, port: PORT } = workloads.alertmanager;
const CONFIG = "/etc/alertmanager";
const SECRETS = "/etc/alertmanager-secrets";
const URL_KEY = "webhook-url";
/** Silences, and what has been sent already. */
const DATA = "/alertmanager";

/** Arguments of {@link Alertmanager}. */
export interface AlertmanagerArgs extends PlatformContext, StorePlan {
  /** URL that alerts are sent to. It may hold a token, hence only a Secret has it. @default they are only shown */
  webhook?: pulumi.Output<string>;
}

/** One Alertmanager: groups what Prometheus alerts of, silences, and sends it on. */
export class Alertmanager extends pulumi.ComponentResource {
  readonly endpoint: Endpoint = { host: APP, port: PORT };

  constructor(name: string, args: AlertmanagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:monitoring:Alertmanager", name, {}, opts);
    const { namespace, platform, storage, resources, webhook } = args;
    const child = { parent: this };
    const labels = labelsOf(APP, platform);
    const config = stringify(routing(webhook !== undefined), { lineWidth: 0 });

    const configMap = new k8s.core.v1.ConfigMap(
      name,
      { metadata: { name: APP, namespace, labels }, data: { "alertmanager.yml": config } },
      child,
    );
    const secret = webhook && createSecret(webhook);
    createServer();
    this.registerOutputs({ endpoint: this.endpoint });

    function createSecret(url: pulumi.Output<string>) {
      return new k8s.core.v1.Secret(
        name,
        { metadata: { name: APP, namespace, labels }, stringData: { [URL_KEY]: url } },
        child,
      );
    }

    function createServer() {
      const probe = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 3 });
      createStatefulStore(
        name,
        { ...args, storage, resources },
        {
          app: APP,
          user: users.alertmanager,
          ports: { http: PORT },
          dataPath: DATA,
          scratchPaths: ["/tmp"],
          mounts: [
            { volume: { name: "config", configMap: { name: APP } }, mountPath: CONFIG },
            ...(secret
              ? [{ volume: { name: "secrets", secret: { secretName: APP } }, mountPath: SECRETS }]
              : []),
          ],
          checksums: {
            "platform/config": args.checksum(config),
            ...(webhook && { "platform/webhook": args.checksum(webhook) }),
          },
          gracePeriod: 30,
          container: {
            image: args.images.alertmanager,
            args: [
              `--config.file=${CONFIG}/alertmanager.yml`,
              `--storage.path=${DATA}`,
              `--web.listen-address=:${PORT}`,
              // A single replica has no peer to gossip with.
              "--cluster.listen-address=",
            ],
            readinessProbe: { ...probe("/-/ready"), periodSeconds: 5 },
            livenessProbe: { ...probe("/-/healthy"), periodSeconds: 15, failureThreshold: 4 },
          },
        },
        { ...child, dependsOn: [configMap, ...(secret ? [secret] : [])] },
      );
    }
  }
}

/**
 * Which alert goes where. All alerts of a service that page are one message, all that can wait another; an alert of
 * no service, such as a full volume, has a message of its own. The first is told again every four hours, the rest
 * once a day. A service that is down needs no second message that it is slow.
 */
function routing(sends: boolean) {
  const SHOWN = "shown";
  const SENT = sends ? "webhook" : SHOWN;
  const severity = (level: string) => [`severity="${level}"`];
  const ofNoService = { matchers: ['service=""'], group_by: ["alertname"] };
  return {
    route: {
      receiver: SENT,
      group_by: ["service"],
      group_wait: "10s",
      group_interval: "1m",
      repeat_interval: "24h",
      routes: [
        { matchers: severity("info"), receiver: SHOWN },
        { matchers: severity("page"), receiver: SENT, repeat_interval: "4h", routes: [ofNoService] },
        // Whoever watches for it counts its messages.
        { matchers: severity("none"), receiver: SENT, repeat_interval: "5m", group_by: ["alertname"] },
        ofNoService,
      ],
    },
    inhibit_rules: [
      {
        source_matchers: ['alertname="ServiceDown"'],
        target_matchers: ['alertname=~"ServiceUnhealthy|ReplicasMissing|HighErrorRate|SlowAnswers"'],
        equal: ["service"],
      },
    ],
    receivers: [
      { name: SHOWN },
      ...(sends ? [{ name: SENT, webhook_configs: [{ url_file: `${SECRETS}/${URL_KEY}` }] }] : []),
    ],
  };
}
