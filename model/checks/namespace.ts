import type { Check } from "./check";

/** Kubernetes keeps what begins with `kube-` to itself (its documentation, Namespaces); Istio's are for all platforms. */
const TAKEN = /^(?:default|kube-.*|istio-.*)$/;

/** A platform has its namespace to itself: its quota, its labels and its denial of all traffic hold for everything in it. */
export const namespaceOfItsOwn: Check = ({ namespace }) =>
  TAKEN.test(namespace)
    ? [
        {
          at: "platform:namespace",
          problem: `${namespace} is not the platform's own`,
          remedy: "name one that has nothing else in it, such as the catalog's name",
        },
      ]
    : [];
