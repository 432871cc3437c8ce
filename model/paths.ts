/** How a front door finds a route: by the whole path, or by how it begins. */
export interface Location {
  match: "exact" | "prefix";
  path: string;
}

/** Answered by the front door itself, in each of its kinds: whether it is there. */
export const HEALTH_PATH = "/health";

/** Everything below it is nginx's own: where it finds its answers to what went wrong. */
export const ERROR_PATHS = "/_nginx_error";

/**
 * The locations of a route, in every front door and in the mesh. `/leads` is the path itself and all below it, not
 * `/leadsxyz`: the meaning of `pathType: Prefix`, which nginx's own prefixes do not have. A path with a slash at its
 * end is a prefix as it is. Pure.
 */
export function locationsOf(path: string): Location[] {
  if (path.endsWith("/")) return [{ match: "prefix", path }];
  return [
    { match: "exact", path },
    { match: "prefix", path: `${path}/` },
  ];
}
