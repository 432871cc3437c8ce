import type { Check } from "./check";

/** An edge leads to a port that the workload listens on, and an edge of the workload to a service that there is. */
export const extraEdges: Check = ({ services, jobs, extras }) => {
  const listening = new Map(extras.map(({ name, ports }) => [name, ports]));
  const names = services.map(({ name }) => name);
  const edges = [
    ...[...services, ...jobs].map(({ name, extras }) => ({ at: `services.${name}.uses`, extras })),
    ...extras.map(({ name, extras }) => ({ at: `extras.${name}.uses`, extras })),
  ];
  return [
    ...edges.flatMap(({ at, extras }) =>
      extras
        .filter(({ name, port }) => !listening.get(name)?.includes(port))
        .map(({ name, port }) => ({
          at,
          problem: listening.has(name)
            ? `${name} does not listen on ${port}`
            : `there is no workload "${name}" in extras`,
          remedy: "add it to `extras` of the catalog, with its ports",
        })),
    ),
    ...extras.flatMap(({ name, calls }) =>
      calls
        .filter((callee) => !names.includes(callee))
        .map((callee) => ({
          at: `extras.${name}.uses`,
          problem: `there is no service "${callee}"`,
          remedy: `write one of: ${names.join(", ")}`,
        })),
    ),
  ];
};
