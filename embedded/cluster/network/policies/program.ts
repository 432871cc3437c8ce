/**
 * Enforces NetworkPolicies on the only node: a program of its own, bundled and run by
 * {@link import("../../node/own-daemons")}. The CNI's bridge lets every pod talk to every other; this keeps the firewall's rules
 * as {@link import("./ruleset")} makes them of pods, namespaces and policies. When it ends, its rules stay.
 *
 * A new pod is known, and restricted, only once kubelet has told its address, up to about two seconds after it
 * has started. Until then it reaches everything that admits everybody, and nothing that admits its like only.
 */
import { createServer } from "node:http";
import { Api, fieldManager } from "../../control-plane/api";
import { nodeName } from "../../layout";
import { ports } from "../ports";
import { Collection } from "./collection";
import { Enforcer } from "./enforcer";
import {
  type ClusterState,
  daemonEndpoint,
  type Labels,
  type Pod,
  type Policy,
  podEndpoint,
  type Service,
  type Slice,
} from "./objects";
import { ruleset } from "./ruleset";

// Pods of simulated nodes have addresses at which no process answers.
const ownPods = `fieldSelector=spec.nodeName%3D${nodeName}`;
const pods = new Collection(`/api/v1/pods?${ownPods}`, (pod: Pod) => ({
  since: pod.metadata.creationTimestamp,
  endpoints: podEndpoint(pod),
}));
const namespaces = new Collection<{ metadata: { name: string; labels?: Labels } }>("/api/v1/namespaces");
const policies = new Collection<Policy>("/apis/networking.k8s.io/v1/networkpolicies");
const services = new Collection<Service>("/api/v1/services");
const ownSlices = `labelSelector=endpointslice.kubernetes.io%2Fmanaged-by%3D${fieldManager}`;
const slices = new Collection<Slice>(`/apis/discovery.k8s.io/v1/endpointslices?${ownSlices}`);
const collections = [pods, namespaces, policies, services, slices];

const enforcer = new Enforcer(() =>
  collections.every(({ isListed }) => isListed) ? ruleset(state()) : undefined,
);
createServer((_, response) => {
  response.writeHead(enforcer.isCurrent ? 200 : 503).end();
}).listen(ports.networkPoliciesHealth.port, ports.networkPoliciesHealth.address);

const api = new Api("network-policies");
await Promise.all(collections.map((collection) => collection.follow(api, enforcer.update)));

function state(): ClusterState {
  // Where an address has gone from one pod to the next, the younger one has it.
  const byAge = pods.objects.sort((a, b) => a.since.localeCompare(b.since));
  return {
    namespaces: new Map(namespaces.objects.map(({ metadata }) => [metadata.name, metadata.labels ?? {}])),
    endpoints: [
      ...byAge.flatMap(({ endpoints }) => endpoints),
      ...slices.objects.flatMap((slice) => daemonEndpoint(slice, services.objects)),
    ],
    policies: policies.objects,
  };
}
