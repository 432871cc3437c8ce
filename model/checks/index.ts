import type { Plan } from "../plan";
import type { Problem } from "../problems";
import { connectionsFit, limitsCoverRequests, replicasInRange } from "./capacity";
import type { Check } from "./check";
import { configurationSet, noLiteralSecrets, variablesFit } from "./configuration";
import {
  calleesListen,
  commandsPresent,
  deadlinesArePositive,
  migrationNamesAreFree,
  portsFit,
  probesHaveAPort,
  routesNeedAPort,
  schedulesParse,
} from "./kinds";
import {
  noFaultsInProduction,
  noMovingTagsInProduction,
  ownImagesPinnedInProduction,
  publicCertificate,
} from "./production";
import { canarySharesSchema } from "./releases";
import { endsBeforeItIsKilled, nodePortsFitType, probesPresent } from "./runtime";
import { distinctRoutes, externalHostsAreNames, knownServices, noCycles } from "./services";

const checks: Check[] = [
  knownServices,
  noCycles,
  calleesListen,
  portsFit,
  routesNeedAPort,
  distinctRoutes,
  externalHostsAreNames,
  commandsPresent,
  schedulesParse,
  deadlinesArePositive,
  migrationNamesAreFree,
  probesPresent,
  probesHaveAPort,
  endsBeforeItIsKilled,
  replicasInRange,
  limitsCoverRequests,
  connectionsFit,
  configurationSet,
  variablesFit,
  noLiteralSecrets,
  nodePortsFitType,
  noMovingTagsInProduction,
  ownImagesPinnedInProduction,
  noFaultsInProduction,
  publicCertificate,
  canarySharesSchema,
];

/** Every problem of the plan at once; empty when it may be built. */
export const check = (plan: Plan): Problem[] => checks.flatMap((rule) => rule(plan));
