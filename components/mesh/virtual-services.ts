import { objects } from "../../model/names";
import { HEALTH_PATH } from "../../model/paths";
import { certificateSecret, type Plan, type ServicePlan } from "../../model/plan";
import type { IstioObject } from "./objects";
import { furtherRulesOf, tcpRulesOf } from "./port-routes";
import { rulesOf } from "./routes";

/**
 * The platform's host at Istio's ingress gateway, beside nginx, where the settings ask for it (`mesh.gateway`): it has no
 * rate limits. The gateway reads the certificate in the namespace that its pods are in.
 */
export function gatewayOf({ host, certificate }: Plan): IstioObject<"Gateway"> {
  return {
    kind: "Gateway",
    name: objects.frontDoor,
    spec: {
      selector: { istio: "ingressgateway" },
      servers: [
        {
          port: { number: 80, name: "http", protocol: "HTTP" },
          hosts: [host],
          tls: { httpsRedirect: true },
        },
        {
          port: { number: 443, name: "https", protocol: "HTTPS" },
          hosts: [host],
          tls: {
            mode: "SIMPLE",
            credentialName: certificateSecret({ certificate }),
            minProtocolVersion: "TLSV1_2",
          },
        },
      ],
    },
  };
}

/** The paths of the route table at the gateway. */
export function frontDoorOf({ host, services, mesh, frontDoor }: Plan): IstioObject<"VirtualService"> {
  const { hstsMaxAge } = frontDoor;
  const headers = {
    response: { set: { "strict-transport-security": `max-age=${hstsMaxAge}` } },
  };
  return {
    kind: "VirtualService",
    name: objects.frontDoor,
    spec: {
      hosts: [host],
      gateways: [objects.frontDoor],
      http: [
        {
          match: [{ uri: { exact: HEALTH_PATH } }],
          directResponse: { status: 200, body: { string: "healthy\n" } },
        },
        ...routesOf(services).flatMap(({ service, route }) =>
          rulesOf(service, mesh.faults, route).map((rule) => (hstsMaxAge > 0 ? { ...rule, headers } : rule)),
        ),
      ],
    },
  };
}

/**
 * The same paths for nginx's sidecar, which knows a request by the host that nginx passes on. Without a service of that
 * name in the registry, Istio routes it at port 80 alone, which every service has.
 */
export function frontDoorInsideOf({ host, services, mesh, frontDoor }: Plan): IstioObject<"VirtualService"> {
  return {
    kind: "VirtualService",
    name: objects.frontDoorInside,
    spec: {
      hosts: [host],
      gateways: ["mesh"],
      exportTo: [frontDoor.kind === "standalone" ? "." : frontDoor.controller.namespace],
      http: routesOf(services).flatMap(({ service, route }) => rulesOf(service, mesh.faults, route)),
    },
  };
}

/** Longer paths first, as the first that matches decides. */
function routesOf(services: readonly ServicePlan[]) {
  return services
    .flatMap((service) => service.routes.map((route) => ({ service, route })))
    .sort((one, other) => other.route.path.length - one.route.path.length);
}

/** How the workloads of the mesh reach a service; its WebSockets apart, which have no timeout. */
export function virtualServiceOf(service: ServicePlan, { mesh }: Plan): IstioObject<"VirtualService"> {
  const webSockets = service.routes.filter(({ webSocket }) => webSocket);
  const tcp = tcpRulesOf(service);
  const http = [
    // Of a port alone: the others are for every port.
    ...furtherRulesOf(service),
    ...webSockets.flatMap((route) => rulesOf(service, mesh.faults, route)),
    ...(service.kind === "tcp" ? [] : rulesOf(service, mesh.faults)),
  ];
  return {
    kind: "VirtualService",
    name: service.name,
    spec: {
      hosts: [service.name],
      ...(http.length > 0 && { http }),
      ...(tcp.length > 0 && { tcp }),
    },
  };
}
