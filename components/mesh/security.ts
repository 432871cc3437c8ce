import { workloadsOf } from "../../model/edges";
import { objects } from "../../model/names";
import { type Edge, listens, type Plan } from "../../model/plan";
import { selectorOf } from "../kube/labels";
import type { IstioObject, Spec } from "./objects";

type Rule = NonNullable<Spec<"AuthorizationPolicy">["rules"]>[number];

/** Identities of Istio's ingress gateway, in the namespaces and under the names that its two installations give it. */
const GATEWAY_ACCOUNTS = [
  "istio-system/sa/istio-ingressgateway-service-account",
  "istio-system/sa/istio-ingressgateway",
  "istio-ingress/sa/istio-ingressgateway",
  "istio-ingress/sa/istio-ingress",
];

/** Istio takes `cluster.local` for the trust domain of the mesh, whatever it is called. */
const principal = (account: string) => `cluster.local/ns/${account}`;

/**
 * Mutual TLS for everything. Nothing is reached from outside the mesh but nginx's public ports, which its sidecar has no
 * part in: Istio sends the kubelet's probes by way of the sidecar's agent, RabbitMQ's nodes and Prometheus are in the mesh.
 */
export const onlyMutualTls: IstioObject<"PeerAuthentication"> = {
  kind: "PeerAuthentication",
  name: objects.default,
  spec: { mtls: { mode: "STRICT" } },
};

/** Nothing may call anything: a policy without a rule allows no request, and whatever another one allows adds to it. */
export const allowNothing: IstioObject<"AuthorizationPolicy"> = {
  kind: "AuthorizationPolicy",
  name: objects.allowNothing,
  spec: {},
};

/** What each workload may be called by, and at which ports: the edges that lead to it. */
export function authorizationPoliciesOf(plan: Plan): IstioObject<"AuthorizationPolicy">[] {
  return workloadsOf(plan).flatMap((app) => {
    const rules = [...edgesTo(app, plan).map((edge) => ruleOf(edge, plan)), ...wayIn(app, plan)];
    if (rules.length === 0) return [];
    return [
      {
        kind: "AuthorizationPolicy",
        name: app,
        spec: { selector: { matchLabels: selectorOf(app) }, action: "ALLOW", rules },
      },
    ];
  });
}

const edgesTo = (app: string, { edges }: Plan): Edge[] => edges.filter(({ to }) => to === app);

const ruleOf = ({ from, port }: Edge, { namespace }: Plan): Rule => ({
  from: [{ source: { principals: [principal(`${namespace}/sa/${from}`)] } }],
  to: [{ operation: { ports: [String(port)] } }],
});

/** From outside the namespace: to a service with routes from the gateway where there is one, or the controller. */
function wayIn(app: string, { services, frontDoor, mesh }: Plan): Rule[] {
  const service = services.filter(listens).find(({ name }) => name === app);
  if (!service || service.routes.length === 0) return [];
  const to = [{ operation: { ports: [String(service.port)] } }];
  return [
    ...(mesh.gateway ? [{ from: [{ source: { principals: GATEWAY_ACCOUNTS.map(principal) } }], to }] : []),
    ...(frontDoor.kind === "controller"
      ? [{ from: [{ source: { namespaces: [frontDoor.controller.namespace] } }], to }]
      : []),
  ];
}
