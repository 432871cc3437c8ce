import type { Plan } from "../plan";
import type { Problem } from "../problems";
import { connectionsFit, limitsCoverRequests, replicasInRange } from "./capacity";
import type { Check } from "./check";
import { configurationSet, environmentSet, noLiteralSecrets } from "./configuration";
import { databasesOnce, readDatabasesHaveOwners } from "./databases";
import { extraEdges } from "./extras";
import { calleesListen, portsBesideSidecar, portsDiffer, probesHaveAPort, schedulesParse } from "./kinds";
import { containerNames, filesFit, mountPaths, persistentIsAlone, volumeNames } from "./mounts";
import { certificateOfItsOwn, jobNamesFit, namesOfTheirOwn, rolesForPostgres } from "./names";
import { namespaceOfItsOwn } from "./namespace";
import {
  noFaultsInProduction,
  noMovingTagsInProduction,
  ownImagesPinnedInProduction,
  publicCertificate,
} from "./production";
import { canarySharesSchema } from "./releases";
import { distinctRoutes, routesArePaths, routesOfTheirOwn } from "./routes";
import { endsBeforeItIsKilled, nodePortsFitType, probesPresent } from "./runtime";
import { fixedReplicas, scaledBySomething } from "./scaling";
import { externalHostsAreNames, knownServices, noCycles } from "./services";
import { variablesAreNames, variablesOfTheirOwn } from "./variables";

const checks: Check[] = [
  namespaceOfItsOwn,
  knownServices,
  noCycles,
  calleesListen,
  namesOfTheirOwn,
  jobNamesFit,
  rolesForPostgres,
  portsDiffer,
  portsBesideSidecar,
  routesArePaths,
  routesOfTheirOwn,
  distinctRoutes,
  externalHostsAreNames,
  schedulesParse,
  extraEdges,
  databasesOnce,
  readDatabasesHaveOwners,
  probesPresent,
  probesHaveAPort,
  endsBeforeItIsKilled,
  replicasInRange,
  fixedReplicas,
  scaledBySomething,
  mountPaths,
  volumeNames,
  persistentIsAlone,
  filesFit,
  containerNames,
  limitsCoverRequests,
  connectionsFit,
  configurationSet,
  environmentSet,
  noLiteralSecrets,
  variablesAreNames,
  variablesOfTheirOwn,
  nodePortsFitType,
  noMovingTagsInProduction,
  ownImagesPinnedInProduction,
  noFaultsInProduction,
  publicCertificate,
  certificateOfItsOwn,
  canarySharesSchema,
];

/** Every problem of the plan at once; empty when it may be built. */
export const check = (plan: Plan): Problem[] => checks.flatMap((rule) => rule(plan));
