import {
  DestinationRule,
  Gateway,
  ServiceEntry,
  Sidecar,
  VirtualService,
} from "@kubernetes-models/istio/networking.istio.io/v1beta1";
import { AuthorizationPolicy, PeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1beta1";
import { Telemetry } from "@kubernetes-models/istio/telemetry.istio.io/v1alpha1";

/**
 * Istio's kinds with the API version they are stable in. The models know the same fields under the version before:
 * they are validated there, and written down as these.
 */
const kinds = {
  Gateway: { model: Gateway, apiVersion: "networking.istio.io/v1" },
  VirtualService: { model: VirtualService, apiVersion: "networking.istio.io/v1" },
  DestinationRule: { model: DestinationRule, apiVersion: "networking.istio.io/v1" },
  ServiceEntry: { model: ServiceEntry, apiVersion: "networking.istio.io/v1" },
  Sidecar: { model: Sidecar, apiVersion: "networking.istio.io/v1" },
  PeerAuthentication: { model: PeerAuthentication, apiVersion: "security.istio.io/v1" },
  AuthorizationPolicy: { model: AuthorizationPolicy, apiVersion: "security.istio.io/v1" },
  Telemetry: { model: Telemetry, apiVersion: "telemetry.istio.io/v1" },
} as const;

type Kinds = typeof kinds;
export type Kind = keyof Kinds;

/** The spec of a kind, as its model types it. */
export type Spec<K extends Kind> = NonNullable<
  NonNullable<ConstructorParameters<Kinds[K]["model"]>[0]>["spec"]
>;

/** An object of Istio before it has a namespace and labels. */
export interface IstioObject<K extends Kind = Kind> {
  kind: K;
  name: string;
  spec: Spec<K>;
}

/** What the API server is given. */
export interface Written {
  apiVersion: string;
  kind: Kind;
  spec: object;
}

/**
 * An object whose spec its model accepts.
 * @throws when it does not: what the API server would refuse is refused before anything is created
 */
export function written<K extends Kind>({ kind, name, spec }: IstioObject<K>): Written {
  const { model, apiVersion } = kinds[kind];
  try {
    new (model as new (data: object) => { validate(): void })({ metadata: { name }, spec }).validate();
  } catch (error) {
    throw new Error(`${kind} "${name}" is not what Istio accepts: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return { apiVersion, kind, spec };
}
