import type { Plan } from "../plan";
import type { Problem } from "../problems";
import { connectionsFit, limitsCoverRequests, replicasInRange } from "./capacity";
import type { Check } from "./check";
import { configurationSet, noLiteralSecrets } from "./configuration";
import {
  databaseNames,
  distinctDatabaseVariables,
  distinctLogins,
  readDatabasesHaveOwners,
} from "./databases";
import { extraEdges, extraNames } from "./extras";
import { containerNames, filesFit, mountPaths, persistentIsAlone, volumeSizes } from "./mounts";
import { noFaultsInProduction, noMovingTagsInProduction, publicCertificate } from "./production";
import { canarySharesSchema } from "./releases";
import { endsBeforeItIsKilled, nodePortsFitType, probesPresent } from "./runtime";
import { fixedReplicas, scaledBySomething } from "./scaling";
import { distinctPorts, distinctRoutes, externalHostsAreNames, knownServices, noCycles } from "./services";

const checks: Check[] = [
  knownServices,
  noCycles,
  distinctPorts,
  distinctRoutes,
  externalHostsAreNames,
  extraNames,
  extraEdges,
  databaseNames,
  distinctLogins,
  distinctDatabaseVariables,
  readDatabasesHaveOwners,
  probesPresent,
  endsBeforeItIsKilled,
  replicasInRange,
  fixedReplicas,
  scaledBySomething,
  mountPaths,
  volumeSizes,
  persistentIsAlone,
  filesFit,
  containerNames,
  limitsCoverRequests,
  connectionsFit,
  configurationSet,
  noLiteralSecrets,
  nodePortsFitType,
  noMovingTagsInProduction,
  noFaultsInProduction,
  publicCertificate,
  canarySharesSchema,
];

/** Every problem of the plan at once; empty when it may be built. */
export const check = (plan: Plan): Problem[] => checks.flatMap((rule) => rule(plan));
