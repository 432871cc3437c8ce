import type { Finding } from "./finding";

/** Findings that are meant to be: one line each, with the reason. There are never more than five. */
export interface Exception {
  /** The check, as each scanner calls it. */
  checks: readonly string[];
  /** Which of its findings. @default all of them */
  where?: (finding: Finding) => boolean;
  reason: string;
}

/** Servers and clients that run as the user whom their official image made: its files belong to that one. */
const officialUser = ({ name }: Finding) => /^(postgres|redis|rabbitmq)\b/.test(name);

const development = ({ tier }: Finding) => tier === "development";

// biome-ignore format: one line an exception
export const exceptions: readonly Exception[] = [
  { checks: ["CKV_K8S_15", "container-image-pull-policy"], reason: "IfNotPresent: a pod must start while the registry is unavailable" },
  { checks: ["CKV_K8S_35"], reason: "DATABASE_URL comes from a Secret in the environment (docs/requirements.md, O5)" },
  { checks: ["CKV_K8S_40", "container-security-context-user-group-id"], where: officialUser, reason: "official images of the stores" },
  { checks: ["CKV_K8S_43"], where: development, reason: "development follows tags; production is pinned by digest" },
];
