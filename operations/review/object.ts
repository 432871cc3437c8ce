/** What a program gives to a provider: an object of Kubernetes, or the arguments of something else. */
export interface Inputs {
  kind?: string;
  metadata?: { name?: string; namespace?: string };
  [field: string]: unknown;
}

/** Whether it has fields, or entries. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** A list, or none where there should be one: a preview may hold anything. */
export const list = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);
