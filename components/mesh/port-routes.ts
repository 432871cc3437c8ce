import type { PortPlan, ServicePlan } from "../../model/plan";
import type { HttpRule, Spec } from "./objects";
import { UNREPEATED } from "./routes";

type TcpRule = NonNullable<Spec<"VirtualService">["tcp"]>[number];

/** Rules for the HTTP and gRPC ports of a service beyond its first, which the rules without a port are for. */
export function furtherRulesOf(service: ServicePlan): HttpRule[] {
  return service.ports
    .slice(1)
    .filter(({ protocol }) => protocol !== "tcp")
    .map((port) => ({
      match: [{ port: port.servicePort }],
      route: byWeight(service, port),
      retries: UNREPEATED,
    }));
}

/** Rules for the ports of which the mesh knows no more than that they are TCP: a connection stays with its version. */
export function tcpRulesOf(service: ServicePlan): TcpRule[] {
  return service.ports
    .filter(({ protocol }) => protocol === "tcp")
    .map((port) => ({ match: [{ port: port.servicePort }], route: byWeight(service, port) }));
}

/** The versions of a service at one of its ports; one without a share is not named, so that it can go. */
function byWeight({ name, version, release }: ServicePlan, { servicePort }: PortPlan) {
  const to = (subset: string, weight: number) => ({
    destination: { host: name, subset, port: { number: servicePort } },
    weight,
  });
  const { weight = 0 } = release ?? {};
  return [to(version, 100 - weight), ...(release ? [to(release.version, weight)] : [])].filter(
    ({ weight }) => weight > 0,
  );
}
