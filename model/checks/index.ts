import type { Plan } from "../plan";
import type { Problem } from "../problems";
import { connectionsFit, limitsCoverRequests, replicasInRange } from "./capacity";
import type { Check } from "./check";
import { configurationSet, noLiteralSecrets } from "./configuration";
import { noFaultsInProduction, noMovingTagsInProduction, publicCertificate } from "./production";
import { canarySharesSchema } from "./releases";
import { distinctRoutes, routesArePaths, routesOfTheirOwn } from "./routes";
import { endsBeforeItIsKilled, nodePortsFitType, probesPresent } from "./runtime";
import { distinctPorts, externalHostsAreNames, knownServices, noCycles } from "./services";

const checks: Check[] = [
  knownServices,
  noCycles,
  distinctPorts,
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
  nodePortsFitType,
  noMovingTagsInProduction,
  noFaultsInProduction,
  publicCertificate,
  canarySharesSchema,
];

/** Every problem of the plan at once; empty when it may be built. */
export const check = (plan: Plan): Problem[] => checks.flatMap((rule) => rule(plan));
