import type { V1ConfigMap, V1Ingress, V1Service } from "@kubernetes/client-node";
import { type Inputs, list } from "./object";
import type { Change, State } from "./preview";

/** What can be reached from outside the cluster through an object, one line each: `https://malai.app/api/`. */
export function exposedBy(kind: string, { inputs }: State): string[] {
  return readers[kind]?.(inputs) ?? [];
}

/** Everything that a stack exposes, before or after. */
export function exposed(changes: readonly Change[], when: "old" | "new"): Set<string> {
  return new Set(
    changes.flatMap((change) => {
      const state = change[when];
      return state ? exposedBy(change.kind, state) : [];
    }),
  );
}

/** As far as it is read here (networking.istio.io/v1). */
interface VirtualService {
  spec?: {
    hosts?: string[];
    gateways?: string[];
    http?: { match?: { uri?: { prefix?: string; exact?: string; regex?: string } }[] }[];
  };
}

interface Gateway {
  spec?: { servers?: { port?: { number?: number; protocol?: string }; hosts?: string[] }[] };
}

const readers: Readonly<Record<string, (inputs: Inputs) => string[]>> = {
  ConfigMap: (inputs) =>
    Object.values((inputs as V1ConfigMap).data ?? {}).flatMap((text) => nginxRoutes(String(text))),

  Ingress: (inputs) =>
    list((inputs as V1Ingress).spec?.rules).flatMap(({ host = "*", http }) =>
      list(http?.paths).map(({ path = "/" }) => `https://${host}${path}`),
    ),

  // One that only the mesh reads exposes nothing.
  VirtualService: (inputs) => {
    const { spec } = inputs as VirtualService;
    if (!list(spec?.gateways).some((gateway) => gateway !== "mesh")) return [];
    return list(spec?.hosts).flatMap((host) => virtualPaths(spec).map((path) => `https://${host}${path}`));
  },

  Gateway: (inputs) =>
    list((inputs as Gateway).spec?.servers).flatMap(({ port, hosts }) =>
      list(hosts).map((host) => `${host}, port ${port?.number} (${port?.protocol})`),
    ),

  Service: (inputs) => {
    const { spec, metadata } = inputs as V1Service;
    if (spec?.type !== "NodePort" && spec?.type !== "LoadBalancer") return [];
    return list(spec.ports).map(({ port, nodePort }) => {
      const at = nodePort ? `, port ${nodePort} of every node` : "";
      return `Service ${metadata?.name}, port ${port}, as ${spec.type}${at}`;
    });
  },
};

function virtualPaths(spec: VirtualService["spec"]): string[] {
  return list(spec?.http).flatMap(({ match }) => {
    const paths = list(match).flatMap(({ uri }) => uri?.prefix ?? uri?.exact ?? uri?.regex ?? []);
    return paths.length > 0 ? paths : ["/"];
  });
}

/**
 * The locations of each server in an nginx.conf, whose name and port stand before its locations. Left out are those
 * that nothing but nginx itself, or its own pod, can ask for.
 */
export function nginxRoutes(text: string): string[] {
  let host = "*";
  let local = false;
  return text.split("\n").flatMap((line) => {
    if (/^\s*server\s*\{/.test(line)) [host, local] = ["*", false];
    if (/^\s*listen\s+(127\.0\.0\.1|localhost|\[::1\]|unix:)/.test(line)) local = true;
    const [, name] = /^\s*server_name\s+([^\s;]+)/.exec(line) ?? [];
    if (name) host = name === "_" ? "*" : name;
    const [, path] = /^\s*location\s+(?:(?:=|~\*?|\^~)\s+)?([^\s@]\S*)\s*\{/.exec(line) ?? [];
    return path && !local ? [`https://${host}${path}`] : [];
  });
}
