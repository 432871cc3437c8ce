import { ERROR_PATHS, HEALTH_PATH, type Location, locationsOf } from "../paths";
import type { Check } from "./check";

/**
 * What nginx, Istio and an Ingress all take as it is written: segments of letters, digits and a few marks, none empty
 * and none of dots alone, which nginx would have resolved before it looks for a route.
 */
const PATH = /^(?=.{1,1000}$)(?:\/(?!\.{1,2}(?:\/|$))[\w.~!@:+,=-]+)*\/?$/;

/** A route is a path, and nothing that would become configuration of a front door. */
export const routesArePaths: Check = ({ services }) =>
  services.flatMap(({ name, routes }) =>
    routes
      .filter(({ path }) => !PATH.test(path))
      .map(({ path }) => ({
        at: `services.${name}.routes`,
        problem: `${JSON.stringify(path)} is not a path`,
        remedy:
          'begin it with /, and write its segments in letters, digits and ._~!@:+,=-, without any encoding: path("/api/")',
      })),
  );

/** What a front door answers itself, no service does. */
export const routesOfTheirOwn: Check = ({ services }) =>
  services.flatMap(({ name, routes }) =>
    routes
      .filter(({ path }) => locationsOf(path).some(isOwned))
      .map(({ path }) => ({
        at: `services.${name}.routes`,
        problem: `${path} is answered by the front door itself`,
        remedy: "give it another path",
      })),
  );

const isOwned = ({ match, path }: Location) =>
  (match === "exact" && path === HEALTH_PATH) || path.startsWith(`${ERROR_PATHS}/`);

/** A request has one place to go; `/api` is also everything below `/api/`. */
export const distinctRoutes: Check = ({ services }) => {
  const owners = new Map<string, { service: string; path: string }>();
  return services.flatMap(({ name, routes }) =>
    routes.flatMap(({ path }) => {
      const keys = locationsOf(path).map((location) => `${location.match} ${location.path}`);
      const first = keys.map((key) => owners.get(key)).find((owner) => owner !== undefined);
      for (const key of keys) if (!owners.has(key)) owners.set(key, { service: name, path });
      if (!first) return [];
      const isSame = first.path === path;
      return [
        {
          at: `services.${name}.routes`,
          problem: isSame
            ? `${path} already leads to ${first.service}`
            : `${path} and ${first.path}, which leads to ${first.service}, both take ${path.replace(/\/?$/, "/")}`,
          remedy: isSame ? "route each path to one service" : "leave one of them out",
        },
      ];
    }),
  );
};
