/** The provider side of Pulumi's plugin protocol, with what `pulumi.provider.main` leaves out. */
export type { Engine, Severity } from "./engine";
export { PartialFailure } from "./errors";
export type * from "./provider";
export { serve } from "./server";
export { hasUnknown, isObject, type Properties, reveal, Secret, UNKNOWN } from "./values";
