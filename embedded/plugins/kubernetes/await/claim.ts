import { textAt } from "../object";
import type { Awaiter } from "./awaiter";

/** Ready when it is bound, or when its class binds only once a pod uses it. */
export const claim: Awaiter = {
  timeout: 300,
  related(object) {
    const name = textAt(object, "spec", "storageClassName");
    if (!name) return undefined;
    return { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", fieldSelector: `metadata.name=${name}` };
  },
  judge(object, classes) {
    const phase = textAt(object, "status", "phase") ?? "Pending";
    if (phase === "Bound") return { ready: true, status: "bound" };
    const name = textAt(object, "spec", "storageClassName");
    if (!name)
      return {
        ready: false,
        status: `the claim is ${phase.toLowerCase()}; it names no storage class, and there is no default one`,
      };
    if (classes?.length === 0) return { ready: false, status: `there is no storage class ${name}` };
    const mode = textAt(classes?.[0], "volumeBindingMode");
    if (mode === "WaitForFirstConsumer") return { ready: true, status: "will be bound when a pod uses it" };
    return {
      ready: false,
      status: `the claim is ${phase.toLowerCase()}; storage class ${name} has not bound it yet`,
    };
  },
};
