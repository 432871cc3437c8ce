/** Loads the Kubernetes client, which takes a second: to be called while something else is waited for. */
export const loadWorkloads = () => import("../operations/workloads");
