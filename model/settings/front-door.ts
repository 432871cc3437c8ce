import { z } from "zod";
import { dnsLabel, nodePort, port } from "./field-types";

/** How users come in (docs/requirements.md, O8 and D2). */
export const frontDoor = z
  .strictObject({
    kind: z
      .enum(["standalone", "controller"])
      .default("standalone")
      .describe("nginx of the platform's own, or Ingress objects for F5 NGINX Ingress Controller."),
    controller: z
      .strictObject({
        ingressClass: z.string().default("nginx").describe("Class of the Ingresses."),
        namespace: dnsLabel.default("nginx-ingress").meta({
          description: "Where the controller runs: the network policies let it in.",
          examples: ["ingress"],
        }),
        install: z
          .boolean()
          .default(false)
          .describe("Whether this stack installs the controller, by its chart."),
      })
      .prefault({}),
    type: z
      .enum(["ClusterIP", "NodePort", "LoadBalancer"])
      .default("LoadBalancer")
      .describe("Type of the Service that users come to."),
    nodePorts: z
      .strictObject({
        http: nodePort.describe("Node port of HTTP."),
        https: nodePort.describe("Node port of HTTPS."),
      })
      .optional()
      .describe("Fixed node ports; only with type NodePort."),
    publicPort: port.default(443).describe("Port of HTTPS as the browser sees it; redirects point there."),
    replicas: z
      .int()
      .min(1)
      .max(10)
      .default(2)
      .meta({ description: "How many nginx there are.", examples: [3] }),
    rateLimit: z
      .strictObject({
        requestsPerSecond: z.int().min(1).default(50).describe("Requests a second."),
        burst: z.int().min(0).default(100).describe("Requests beyond that at once."),
      })
      .prefault({})
      .describe("Requests of one client address; what is over the burst is answered with 429."),
    trustedProxies: z
      .array(z.union([z.cidrv4(), z.cidrv6()]).meta({ title: "CIDR" }))
      .default([])
      .meta({
        description:
          "Addresses of a CDN or load balancer in front, whose `X-Forwarded-For` is believed: else all clients behind it are one, in the rate limit and in the log. An ingress controller that this stack does not install is told by its own ConfigMap (`set-real-ip-from`).",
        absent: "none",
        examples: [["203.0.113.0/24"]],
      }),
    drainSeconds: z
      .int()
      .min(1)
      .max(600)
      .optional()
      .meta({
        description:
          "Seconds for which an nginx that is to end answers on, until whoever sends it connections has noticed.",
        absent: "30 with type LoadBalancer, else 5",
        examples: [60],
      }),
    hstsMaxAge: z
      .int()
      .min(0)
      .default(31_536_000)
      .describe("Seconds for which browsers insist on HTTPS; 0 leaves the header out."),
  })
  .prefault({});
