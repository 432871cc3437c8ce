import { objects } from "../../model/names";
import type { Plan } from "../../model/plan";
import type { IstioObject } from "./objects";

/** Per cent of the requests that are traced: all where one looks for something, few where all users are. */
const TRACED = { development: 100, production: 5 };

/**
 * What every sidecar of the namespace tells: traces, and a line for each request. In production the front door's log has
 * these already; the sidecars add what failed, and connections that are no HTTP. Its metrics are Envoy's own, which
 * need no word; whether Istio adds its own, `istio_*`, is the mesh's to say.
 */
export function telemetryOf({ tier }: Plan): IstioObject<"Telemetry"> {
  return {
    kind: "Telemetry",
    name: objects.default,
    spec: {
      accessLogging: [
        {
          providers: [{ name: "envoy" }],
          ...(tier === "production" && {
            filter: { expression: "!has(response.code) || response.code >= 400" },
          }),
        },
      ],
      tracing: [{ randomSamplingPercentage: TRACED[tier] }],
    },
  };
}
