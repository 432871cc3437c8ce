import { autoscaledReplicas } from "./autoscaling";
import { pinnedImages, versionedImages } from "./images";
import { probes } from "./probes";
import { resources } from "./resources";
import type { ObjectRule, StackRule } from "./rule";
import { noLiteralSecrets } from "./secrets";
import { confinement } from "./security";
import { protectedVolumes } from "./volumes";

/** Rules that look at one object: asked before it is created or changed. */
export const objectRules: readonly ObjectRule[] = [
  probes,
  resources,
  versionedImages,
  noLiteralSecrets,
  confinement,
];

/** Rules that look at a whole stack: asked when all of it is known, which in a preview is before anything happens. */
export const stackRules: readonly StackRule[] = [pinnedImages, autoscaledReplicas, protectedVolumes];
