import type { Plan } from "../plan";
import type { Problem } from "../problems";
import { connectionsFit, limitsCoverRequests, replicasInRange } from "./capacity";
import type { Check } from "./check";
import { configurationSet, noLiteralSecrets } from "./configuration";
import { certificateOfItsOwn, namesOfTheirOwn, rolesForPostgres } from "./names";
import { namespaceOfItsOwn } from "./namespace";
import { noFaultsInProduction, noMovingTagsInProduction, publicCertificate } from "./production";
import { canarySharesSchema } from "./releases";
import { distinctRoutes, routesArePaths, routesOfTheirOwn } from "./routes";
import { endsBeforeItIsKilled, nodePortsFitType, probesPresent } from "./runtime";
import {
  distinctPorts,
  externalHostsAreNames,
  knownServices,
  noCycles,
  portsBesideSidecar,
} from "./services";
import { variablesAreNames, variablesOfTheirOwn } from "./variables";

const checks: Check[] = [
  namespaceOfItsOwn,
  knownServices,
  noCycles,
  namesOfTheirOwn,
  rolesForPostgres,
  distinctPorts,
  portsBesideSidecar,
  routesArePaths,
  routesOfTheirOwn,
  distinctRoutes,
  externalHostsAreNames,
  probesPresent,
  endsBeforeItIsKilled,
  replicasInRange,
  limitsCoverRequests,
  connectionsFit,
  configurationSet,
  noLiteralSecrets,
  variablesAreNames,
  variablesOfTheirOwn,
  nodePortsFitType,
  noMovingTagsInProduction,
  noFaultsInProduction,
  publicCertificate,
  certificateOfItsOwn,
  canarySharesSchema,
];

/** Every problem of the plan at once; empty when it may be built. */
export const check = (plan: Plan): Problem[] => checks.flatMap((rule) => rule(plan));
