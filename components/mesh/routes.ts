import { locationsOf } from "../../model/paths";
import type { Plan, ServicePlan } from "../../model/plan";
import type { Route } from "../../model/routes";
import { SERVICE_PORT } from "../../model/workloads";
import type { HttpRule } from "./objects";
import { keepsClients, stickyTargets } from "./sticky-releases";

type Match = NonNullable<HttpRule["match"]>[number];
type Fault = Plan["mesh"]["faults"][string];

/**
 * Three more tries of 2 s each, and 10 s for all of them (docs/requirements.md, D5). What is not tried again when it is
 * slow has the 10 s for its one try. Envoy stops to count when an answer begins: with `timeout`, which counts to its
 * end, a download or a stream would be cut. How long one may pause is for who reads it; nginx waits 60 s.
 */
const ATTEMPTS = 3;
const PER_TRY = { repeated: "2s", once: "10s" };

/**
 * What is tried again. Requests that may be sent twice without harm (RFC 9110, 9.2.2) are, whatever went wrong. One
 * that changes something may have done so although its answer was an error or never came: `5xx` or `reset` would
 * repeat a payment, so it is sent again only when it cannot have reached the service.
 */
const IDEMPOTENT = { method: { regex: "GET|HEAD|OPTIONS|PUT|DELETE" } };
const RETRY_ON = {
  idempotent: "5xx,reset,connect-failure,refused-stream",
  other: "connect-failure,refused-stream,reset-before-request",
};

/** What is tried again although nothing is known of it, and has as long as its caller gives it: a gRPC call has a deadline. */
export const UNREPEATED = { attempts: ATTEMPTS, retryOn: RETRY_ON.other };

/** Who sends `canary: true` is answered by the version that is being released (docs/requirements.md, O10). */
const CANARY = { headers: { canary: { exact: "true" } } };

/** Every rule for the requests of a service at some of its paths, or at all; faults included. */
export function rulesOf(service: ServicePlan, faults: Plan["mesh"]["faults"], route?: Route): HttpRule[] {
  const fault = faultOf(faults[service.name]);
  const paths = route ? pathsOf(route.path) : [];
  return targetsOf(service).flatMap(({ match, route: destinations }) =>
    retriesOf(service, route).map(({ method, retries }) => {
      const conditions = { ...match, ...method };
      const matches = paths.length > 0 ? paths.map((uri) => ({ uri, ...conditions })) : [conditions];
      return {
        ...(Object.keys(matches[0] ?? {}).length > 0 && { match: matches }),
        route: destinations,
        retries,
        ...(fault && { fault }),
      };
    }),
  );
}

/** A route as Istio matches it. */
export const pathsOf = (path: string): NonNullable<Match["uri"]>[] =>
  locationsOf(path).map((location) => ({ [location.match]: location.path }));

/** Which version answers whom. */
function targetsOf(service: ServicePlan): { match?: Match; route: HttpRule["route"] }[] {
  const { name, version, release } = service;
  const to = (subset: string) => ({
    destination: { host: name, subset, port: { number: SERVICE_PORT } },
  });
  if (!release) return [{ route: [to(version)] }];
  const headed = { match: CANARY, route: [to(release.version)] };
  if (keepsClients(service)) return [headed, ...stickyTargets(service, release, to)];
  const weighted = [
    { ...to(version), weight: 100 - release.weight },
    { ...to(release.version), weight: release.weight },
  ];
  return [
    headed,
    // A version without a share is not named, so that it can go.
    { route: weighted.filter(({ weight }) => weight > 0) },
  ];
}

/** What is tried again, by method. A WebSocket lasts as long as both sides like, and cannot be sent again. */
function retriesOf(
  { kind }: ServicePlan,
  route: Route | undefined,
): (Pick<HttpRule, "retries"> & { method?: Match })[] {
  if (kind === "grpc") return [{ retries: UNREPEATED }];
  // Without this setting Istio would try twice more.
  if (route?.webSocket) return [{ retries: { attempts: 0 } }];
  return [
    {
      method: IDEMPOTENT,
      retries: { attempts: ATTEMPTS, perTryTimeout: PER_TRY.repeated, retryOn: RETRY_ON.idempotent },
    },
    { retries: { attempts: ATTEMPTS, perTryTimeout: PER_TRY.once, retryOn: RETRY_ON.other } },
  ];
}

/** Made on purpose by the caller's sidecar; a check refuses it in production. */
function faultOf(fault: Fault | undefined): HttpRule["fault"] {
  if (!fault?.abort && !fault?.delay) return undefined;
  const { abort, delay } = fault;
  return {
    ...(abort && { abort: { percentage: { value: abort.percent }, httpStatus: abort.status } }),
    ...(delay && { delay: { percentage: { value: delay.percent }, fixedDelay: `${delay.seconds}s` } }),
  };
}
