import type { ServicePlan } from "../plan";
import type { Probe } from "../probes";
import type { Check } from "./check";

/** No missing health checks (docs/requirements.md, O12). */
export const probesPresent: Check = ({ services }) =>
  services.filter(asksProbes).flatMap(({ name, probes }) =>
    (["liveness", "readiness"] as const)
      .filter((kind) => !isQuestion(probes[kind]))
      .map((kind) => ({
        at: `services.${name}.probes`,
        problem: `the ${kind} probe is missing`,
        remedy: `give the platform or the service one: ${kind}: { path: "/health/…", … }`,
      })),
  );

/** A worker has nothing to ask, and who writes `probes: "none"` has said so. */
const asksProbes = ({ kind, probes }: ServicePlan) => kind !== "worker" && Object.keys(probes).length > 0;

const isQuestion = (probe: Probe | undefined) =>
  Boolean(probe && (probe.path || probe.exec || probe.tcp || probe.grpc !== undefined));

/** A graceful shutdown (docs/requirements.md, O12) ends before the pod is killed. */
export const endsBeforeItIsKilled: Check = ({ shutdown: { drain, grace } }) =>
  drain > 0 && drain < grace
    ? []
    : [
        {
          at: "shutdown",
          problem: `a drain of ${drain} s does not fit into a grace period of ${grace} s`,
          remedy: "drain for some seconds, and give more than that until the pod is killed",
        },
      ];

/** Fixed node ports need a Service that has them. */
export const nodePortsFitType: Check = ({ frontDoor: { type, nodePorts } }) =>
  nodePorts && type !== "NodePort"
    ? [
        {
          at: "platform:frontDoor.nodePorts",
          problem: `type is ${type}`,
          remedy: "set type to NodePort or remove them",
        },
      ]
    : [];
