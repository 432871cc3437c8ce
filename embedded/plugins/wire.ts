import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";

/** Properties of a resource as `pulumi.provider.main` hands them over: secrets and unknowns are still marked. */
export type Properties = Record<string, unknown>;

/** Marks a value that the engine encrypts in the state and never prints. */
export function secret(value: unknown): Properties {
  return { [specialSigKey]: specialSecretSig, value };
}

/** A copy without the marks of secrets. */
export function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  if (value[specialSigKey] === specialSecretSig) return reveal(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

/** Whether any part of a value must not be printed. */
export const hasSecret = (value: unknown) => includes(value, specialSecretSig);

/** Whether any part of a value is not known yet, which is so in previews only. */
export const hasUnknown = (value: unknown) => includes(value, unknownValue);

/** The marks are UUIDs, which nothing else contains. */
const includes = (value: unknown, mark: string) => JSON.stringify([value]).includes(mark);

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
