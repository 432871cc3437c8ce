import { expect } from "chai";
import { remedyOf } from "../../operations/remedies";

const subject = { kind: "Deployment", namespace: "malai", name: "auth-service" };

describe("The remedy of a reason", () => {
  for (const [reason, remedy] of [
    [
      'ErrImagePull: failed to pull "malai/auth:2"',
      "name an image that the nodes can pull in the stack's platform:images, or import it",
    ],
    [
      'pods "auth-service-1" is forbidden: exceeded quota: platform',
      "see what is taken: kubectl -n malai describe resourcequota",
    ],
    [
      "unschedulable, no room on any node: 0/1 nodes are available: 1 Insufficient memory.",
      "make room: fewer replicas or smaller requests in the stack's file, or another node",
    ],
    [
      "unschedulable: 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
      "see its volumes: kubectl -n malai describe persistentvolumeclaims",
    ],
    [
      "Job was active longer than specified deadline; before that: unschedulable: 0/1 nodes are available.",
      "make room: fewer replicas or smaller requests in the stack's file, or another node",
    ],
    [
      "auth-service was killed: over its memory limit",
      "raise its resources.limits.memory in the stack's file",
    ],
    [
      'CreateContainerConfigError: secret "service-secrets" not found',
      "mend what it names: kubectl -n malai describe deployment auth-service",
    ],
    [
      "CrashLoopBackOff: auth-service ended with 1: no such database",
      "see its log: kubectl -n malai logs deployment/auth-service --all-containers",
    ],
    [
      "Readiness probe failed: HTTP probe failed with statuscode: 503",
      "see its log: kubectl -n malai logs deployment/auth-service --all-containers",
    ],
    [
      "waits in init container wait-for-postgres",
      "see its events: kubectl -n malai describe deployment auth-service",
    ],
  ] as const) {
    it(`such as "${reason}" is: ${remedy}`, () => {
      expect(remedyOf(reason, subject)).to.equal(remedy);
    });
  }
});
