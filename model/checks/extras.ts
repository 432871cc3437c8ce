import type { Problem } from "../problems";
import { workloads } from "../workloads";
import type { Check } from "./check";

/** The name of a workload is the value of a label and the first part of a host name. */
const NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A workload of one's own has a name that no other has. */
export const extraNames: Check = ({ services, extras }) => {
  const taken = new Set([
    ...Object.values(workloads).map(({ app }) => app as string),
    workloads.rabbitmq.nodes,
    ...services.map(({ name }) => name),
  ]);
  return extras.flatMap(({ name }): Problem[] => {
    if (taken.has(name)) {
      return [
        {
          at: `extras.${name}`,
          problem: `${name} is another workload already`,
          remedy: "give it another name",
        },
      ];
    }
    const problem = `"${name}" is no name of a workload`;
    return NAME.test(name)
      ? []
      : [{ at: `extras.${name}`, problem, remedy: "write lower-case letters, digits and -" }];
  });
};

/** An edge leads to a port that the workload listens on, and an edge of the workload to a service that there is. */
export const extraEdges: Check = ({ services, extras }) => {
  const listening = new Map(extras.map(({ name, ports }) => [name, ports]));
  const names = services.map(({ name }) => name);
  const edges = [
    ...services.map(({ name, extras }) => ({ at: `services.${name}.uses`, extras })),
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
