import type { Extras } from "../components/extras";

/**
 * Resources of one's own beside a platform, by the name of its catalog: one file each, `extras/<catalog>.ts`. What the
 * platform has to know of their pods is in the catalog's `extras`.
 */
export const extras: Readonly<Record<string, Extras>> = {};
