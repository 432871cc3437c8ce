import { PolicyPack, type ResourceValidationPolicy, type StackValidationPolicy } from "@pulumi/policy";
import type { KubeObject } from "./objects";
import { messageOf, type ObjectRule, type StackRule } from "./rule";
import { objectRules, stackRules } from "./rules";

/** Whether a resource is a Kubernetes object, of whichever program or library. */
const isObject = (type: string) => type.startsWith("kubernetes:");

/**
 * What each object's program asks for, by URN. Whole stacks are told with what the cluster has made of it, defaults and
 * an autoscaler's doing included, which no program answers for.
 */
const declared = new Map<string, KubeObject>();

new PolicyPack("house-rules", {
  enforcementLevel: "mandatory",
  policies: [...objectRules.map(resourcePolicy), ...stackRules.map(stackPolicy)],
});

function resourcePolicy({ name, description, violations }: ObjectRule): ResourceValidationPolicy {
  return {
    name,
    description,
    validateResource({ type, urn, props }, reportViolation) {
      if (!isObject(type)) return;
      declared.set(urn, props);
      for (const violation of violations(props)) reportViolation(messageOf(violation));
    },
  };
}

function stackPolicy({ name, description, violations }: StackRule): StackValidationPolicy {
  return {
    name,
    description,
    validateStack({ resources }, reportViolation) {
      const stack = resources
        .filter(({ type }) => isObject(type))
        .map(({ urn, props, opts }) => ({ urn, object: declared.get(urn) ?? props, protect: opts.protect }));
      for (const { urn, ...violation } of violations(stack)) reportViolation(messageOf(violation), urn);
    },
  };
}
