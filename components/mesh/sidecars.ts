import { callerOf, callersOf, workloadsOf } from "../../model/edges";
import type { Plan } from "../../model/plan";
import { workloads } from "../../model/workloads";
import { selectorOf } from "../kube/labels";
import { podNamesOf } from "./names";
import type { IstioObject } from "./objects";

/** What every workload needs to know besides its edges: the mesh's own services, and DNS where it is asked by TCP. */
const commonOf = ({ cluster }: Plan) => [
  "istio-system/*",
  `kube-system/kube-dns.kube-system.svc.${cluster.domain}`,
];

/**
 * Who calls what no name of the mesh covers: Prometheus pods, nodes and the API server by their addresses, Alertmanager
 * a URL that only a secret knows. The network policies bound both.
 */
const UNLISTED: readonly string[] = [workloads.prometheus.app, workloads.alertmanager.app];

/**
 * What a workload can see: the names its edges lead to, and no others. A connection to anything else is refused by
 * its own sidecar, which also spares it the routes of the whole mesh.
 */
export function sidecarsOf(plan: Plan): IstioObject<"Sidecar">[] {
  return workloadsOf(plan).map((app) => ({
    kind: "Sidecar",
    name: app,
    spec: {
      workloadSelector: { labels: selectorOf(app) },
      egress: [{ hosts: [...hostsOf(app, plan), ...commonOf(plan)] }],
      outboundTrafficPolicy: {
        mode: UNLISTED.includes(app) ? "ALLOW_ANY" : "REGISTRY_ONLY",
      },
    },
  }));
}

function hostsOf(app: string, plan: Plan): string[] {
  const called = plan.edges.filter(({ from }) => from === app).map(({ to }) => to);
  const names = [...new Set(called)].flatMap((to) => [to, ...podNamesOf(to, plan)]);
  return [
    // nginx passes on the host that browsers ask for.
    ...(app === workloads.nginx.app ? [`./${plan.host}`] : []),
    ...names.map((name) => `./${name}.${plan.namespace}.svc.${plan.cluster.domain}`),
    ...(callerOf(app, plan)?.externals ?? []).map(({ host }) => `./${host}`),
  ];
}

/** What is called outside the cluster, each host once with all its ports; only this namespace sees it. */
export function serviceEntriesOf(plan: Plan): IstioObject<"ServiceEntry">[] {
  const ports = new Map<string, Set<number>>();
  for (const { host, port } of callersOf(plan).flatMap(({ workload }) => workload.externals)) {
    ports.set(host, (ports.get(host) ?? new Set()).add(port));
  }
  return [...ports].map(([host, numbers]) => ({
    kind: "ServiceEntry",
    name: host,
    spec: {
      hosts: [host],
      location: "MESH_EXTERNAL",
      resolution: "DNS",
      exportTo: ["."],
      ports: [...numbers].map(portOf),
    },
  }));
}

/** The caller speaks TLS itself at 443. Elsewhere the server may speak first, as SMTP's does: plain TCP. */
function portOf(number: number) {
  return number === 443
    ? { number, name: `tls-${number}`, protocol: "TLS" }
    : { number, name: `tcp-${number}`, protocol: "TCP" };
}
