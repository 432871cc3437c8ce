import type { KubeObject } from "./objects";

/** One thing that breaks a rule: where it is, what is wrong against which limit, and what to do. */
export interface Violation {
  at: string;
  problem: string;
  remedy: string;
}

/** A rule about one object by itself. Pure: it is tested without Pulumi. */
export interface ObjectRule {
  /** Lower case with hyphens; a stack may switch a rule off by it. */
  name: string;
  description: string;
  violations(object: KubeObject): Violation[];
}

/** An object of a stack, and what Pulumi knows about it besides. */
export interface Managed {
  urn: string;
  object: KubeObject;
  /** Whether Pulumi refuses to delete it. */
  protect: boolean;
}

/** A rule about objects that belong together, or that depends on the environment's tier. Pure as well. */
export interface StackRule {
  name: string;
  description: string;
  violations(stack: readonly Managed[]): (Violation & { urn: string })[];
}

/** `Deployment malai/web, container web: image "web" has no tag; name a version`. */
export const messageOf = ({ at, problem, remedy }: Violation): string => `${at}: ${problem}; ${remedy}`;
