import type {
  DestinationRule,
  Gateway,
  ServiceEntry,
  Sidecar,
  VirtualService,
} from "@kubernetes-models/istio/networking.istio.io/v1beta1";
import type {
  AuthorizationPolicy,
  PeerAuthentication,
} from "@kubernetes-models/istio/security.istio.io/v1beta1";
import type { Telemetry } from "@kubernetes-models/istio/telemetry.istio.io/v1alpha1";

/**
 * Istio's kinds. Their models know the same fields under the version before the stable one; they are asked for types
 * alone: to compile their schemas would take a good part of the program's time. What an object says the API server
 * looks at in every preview, and the tests by Istio's own definitions.
 */
interface Models {
  Gateway: typeof Gateway;
  VirtualService: typeof VirtualService;
  DestinationRule: typeof DestinationRule;
  ServiceEntry: typeof ServiceEntry;
  Sidecar: typeof Sidecar;
  PeerAuthentication: typeof PeerAuthentication;
  AuthorizationPolicy: typeof AuthorizationPolicy;
  Telemetry: typeof Telemetry;
}

export type Kind = keyof Models;

/** The API version that each is stable in. */
export const API_VERSIONS: Readonly<Record<Kind, string>> = {
  Gateway: "networking.istio.io/v1",
  VirtualService: "networking.istio.io/v1",
  DestinationRule: "networking.istio.io/v1",
  ServiceEntry: "networking.istio.io/v1",
  Sidecar: "networking.istio.io/v1",
  PeerAuthentication: "security.istio.io/v1",
  AuthorizationPolicy: "security.istio.io/v1",
  Telemetry: "telemetry.istio.io/v1",
};

/** The spec of a kind, as its model types it. */
export type Spec<K extends Kind> = NonNullable<NonNullable<ConstructorParameters<Models[K]>[0]>["spec"]>;

/** One rule of a VirtualService. */
export type HttpRule = NonNullable<Spec<"VirtualService">["http"]>[number];

/** An object of Istio before it has a namespace and labels. */
export interface IstioObject<K extends Kind = Kind> {
  kind: K;
  name: string;
  spec: Spec<K>;
}
