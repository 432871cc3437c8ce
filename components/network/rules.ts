import { CLOUD_METADATA } from "../../model/cloud-metadata";
import { callerOf, workloadsOf } from "../../model/edges";
import { istioPorts } from "../../model/istio-ports";
import { objects } from "../../model/names";
import { listens, type Plan } from "../../model/plan";
import { workloads } from "../../model/workloads";
import { selectorOf } from "../kube/labels";
import {
  addressOf,
  anyAddress,
  dns,
  gateway,
  ingressController,
  internet,
  istiod,
  only,
  type Peer,
  type Port,
  pods,
  sameNamespace,
  tcp,
  udp,
} from "./peers";

/** The spec of a NetworkPolicy, as far as it is needed here. */
export interface PolicySpec {
  podSelector: { matchLabels?: Record<string, string> };
  policyTypes: ("Ingress" | "Egress")[];
  ingress?: { from?: Peer[]; ports: Port[] }[];
  egress?: { to: Peer[]; ports: Port[] }[];
}

export interface Policy {
  name: string;
  spec: PolicySpec;
}

/** The API server's port, as a Service and as a daemon, and the kubelets'. */
const CLUSTER = { api: [443, 6443], kubelet: 10250 };

/**
 * Every NetworkPolicy of a plan: nothing may connect to anything, but for names, for the mesh's own traffic, and for
 * each edge of the plan, which opens its port at both ends. Pure.
 */
export function policiesOf(plan: Plan): Policy[] {
  return [
    { name: objects.defaultDeny, spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
    {
      name: objects.allowDns,
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [{ to: [dns, ...plan.cluster.nameServers.map(addressOf)], ports: [...udp(53), ...tcp(53)] }],
      },
    },
    ...(plan.mesh.enabled ? [meshPolicy()] : []),
    ...workloadsOf(plan).map((app) => workloadPolicy(app, plan)),
  ];
}

/** Sidecars fetch their certificates and routes; Prometheus reads their metrics. */
function meshPolicy(): Policy {
  return {
    name: objects.allowMesh,
    spec: {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [pods(workloads.prometheus.app)], ports: tcp(istioPorts.sidecarMetrics) }],
      egress: [{ to: [istiod], ports: tcp(istioPorts.controlPlane) }],
    },
  };
}

function workloadPolicy(app: string, plan: Plan): Policy {
  const from = plan.edges.filter((edge) => edge.to === app);
  const to = plan.edges.filter((edge) => edge.from === app);
  const ingress = [
    ...from.map((edge) => ({ from: [pods(edge.from)], ports: tcp(edge.port) })),
    ...wayIn(app, plan),
  ];
  const egress = [
    ...to.map((edge) => ({ to: [pods(edge.to)], ports: tcp(edge.port) })),
    ...externalCalls(app, plan),
    ...metadataCalls(app, plan),
    ...(app === workloads.prometheus.app ? whatPrometheusReads(plan) : []),
    // The receiver of alerts is outside; its address is in a Secret only.
    ...(app === workloads.alertmanager.app && plan.alertmanager.webhook
      ? [{ to: [internet], ports: tcp(443) }]
      : []),
  ];
  return {
    name: app,
    spec: {
      podSelector: { matchLabels: selectorOf(app) },
      policyTypes: ["Ingress", "Egress"],
      // The API server drops an empty list, which would look like a change ever after.
      ...(ingress.length > 0 && { ingress }),
      ...(egress.length > 0 && { egress }),
    },
  };
}

/** A policy knows addresses and no names: which hosts a service may call is for the mesh to enforce. */
function externalCalls(app: string, plan: Plan): { to: Peer[]; ports: Port[] }[] {
  const externals = callerOf(app, plan)?.externals ?? [];
  const ports = [...new Set(externals.map(({ port }) => port))];
  return ports.length > 0 ? [{ to: [internet], ports: tcp(...ports) }] : [];
}

/** Whoever reaches it has the rights of an identity: those alone that ask for it. */
function metadataCalls(app: string, plan: Plan): { to: Peer[]; ports: Port[] }[] {
  if (!callerOf(app, plan)?.cloudMetadata) return [];
  return CLOUD_METADATA.map(({ address, ports }) => ({ to: [only(address)], ports: tcp(...ports) }));
}

/** From outside the namespace: to nginx, or to the services with routes from whoever stands in its place. */
function wayIn(app: string, { services, frontDoor, mesh }: Plan): { from?: Peer[]; ports: Port[] }[] {
  if (app === workloads.nginx.app) return [{ ports: tcp(workloads.nginx.http, workloads.nginx.https) }];
  const service = services.filter(listens).find(({ name }) => name === app);
  if (!service || service.routes.length === 0) return [];
  const doors = [
    ...(frontDoor.kind === "controller" ? [ingressController(frontDoor.controller.namespace)] : []),
    ...(mesh.enabled && mesh.gateway ? [gateway] : []),
  ];
  return doors.map((door) => ({ from: [door], ports: tcp(service.port) }));
}

/** Beyond the workloads, whose scraping is among the edges: the cluster itself and the mesh. */
function whatPrometheusReads({ mesh, frontDoor }: Plan): { to: Peer[]; ports: Port[] }[] {
  return [
    { to: [anyAddress], ports: tcp(...CLUSTER.api, CLUSTER.kubelet) },
    ...(mesh.enabled
      ? [
          { to: [sameNamespace], ports: tcp(istioPorts.sidecarMetrics) },
          ...(frontDoor.kind === "controller"
            ? [
                {
                  to: [ingressController(frontDoor.controller.namespace)],
                  ports: tcp(istioPorts.sidecarMetrics),
                },
              ]
            : []),
          { to: [istiod], ports: tcp(istioPorts.controlPlaneMetrics) },
        ]
      : []),
  ];
}
