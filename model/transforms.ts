/**
 * Changes of the objects that an entry makes, for what it has no word for. Which objects, and their types, are told where
 * they are made: `components/services/transform.ts`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: its members are declared there, as this room knows nothing of Kubernetes.
export interface Transforms {}

/** The same for the objects of a job and of a cron job. */
// biome-ignore lint/suspicious/noEmptyInterface: as above.
export interface JobTransforms {}
