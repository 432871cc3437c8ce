import { type Container, containersOf, type KubeObject, type PodSpec, placeOf, podOf } from "./objects";
import type { ObjectRule, Violation } from "./rule";

const HOST_NAMESPACES = ["hostNetwork", "hostPID", "hostIPC"] as const;

/** What is in a pod stays in it: the node and the other pods are out of its reach (Pod Security `restricted`). */
export const confinement: ObjectRule = {
  name: "confinement",
  description: "No pod is privileged, shares a namespace or a folder with its node, or runs as root.",
  violations(object) {
    const pod = podOf(object);
    if (!pod) return [];
    return [
      ...nodeViolations(pod, object),
      ...containersOf(object).flatMap(({ container, at }) =>
        containerProblems(container, pod).map(([problem, remedy]) => ({ at, problem, remedy })),
      ),
    ];
  },
};

function nodeViolations(pod: PodSpec, object: KubeObject): Violation[] {
  const at = placeOf(object);
  const shared = HOST_NAMESPACES.filter((field) => pod[field]).map((field) => ({
    at,
    problem: `${field} is true`,
    remedy: "leave it out; let it be reached by a Service",
  }));
  const folders = (pod.volumes ?? [])
    .filter(({ hostPath }) => hostPath)
    .map(({ name, hostPath }) => ({
      at,
      problem: `volume ${name} is the node's folder ${hostPath?.path}`,
      remedy: "use a PersistentVolumeClaim or an emptyDir",
    }));
  return [...shared, ...folders];
}

/** A container's own word counts before its pod's. */
function containerProblems(
  { securityContext = {}, ports = [] }: Container,
  pod: PodSpec,
): [string, string][] {
  const { runAsNonRoot, runAsUser } = { ...pod.securityContext, ...securityContext };
  const problems: [string, string][] = [];
  if (securityContext.privileged) {
    problems.push(["is privileged", "leave securityContext.privileged out"]);
  }
  if (securityContext.allowPrivilegeEscalation !== false) {
    problems.push(["may gain privileges", "set securityContext.allowPrivilegeEscalation to false"]);
  }
  if (runAsUser === 0)
    problems.push(["runs as root (runAsUser 0)", "set runAsUser to another user, 10000 or above"]);
  else if (!runAsNonRoot) problems.push(["may run as root", "set securityContext.runAsNonRoot to true"]);
  for (const { hostPort } of ports) {
    if (hostPort) problems.push([`takes the node's port ${hostPort}`, "let it be reached by a Service"]);
  }
  return problems;
}
