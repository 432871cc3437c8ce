import { z } from "zod";
import { hostName, toleration } from "./field-types";

/** What is otherwise than in most clusters. */
export const cluster = z
  .strictObject({
    domain: hostName.default("cluster.local").meta({
      description:
        "What the names of its Services end with. Istio has to be told the same (`global.proxy.clusterDomain`).",
      examples: ["k8s.example.com"],
    }),
    nameServers: z
      .array(z.union([z.ipv4(), z.ipv6()]).meta({ title: "IP address" }))
      .default([])
      .meta({
        description:
          "Addresses that pods ask for names beside those of CoreDNS' pods: NodeLocal DNSCache's, mostly 169.254.20.10 and that of the Service kube-dns, which it answers on the node.",
        absent: "none",
        examples: [["169.254.20.10", "10.96.0.10"]],
      }),
  })
  .prefault({});

/** Where pods run. */
export const scheduling = z
  .strictObject({
    nodeSelector: z
      .record(z.string(), z.string())
      .default({})
      .meta({ description: "Labels that a node has to have.", examples: [{ pool: "platform" }] }),
    tolerations: z
      .array(toleration)
      .default([])
      .meta({
        description: "Taints that a node may have.",
        examples: [[{ key: "dedicated", operator: "Exists" }]],
      }),
  })
  .prefault({})
  .meta({ description: "Which nodes the pods may run on.", absent: "every node without a taint" });
