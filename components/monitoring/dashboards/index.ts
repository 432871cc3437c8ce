import type { Plan } from "../../../model/plan";
import { autoscaling } from "./autoscaling";
import { cost } from "./cost";
import { loadBalancing } from "./load-balancing";
import { mesh } from "./mesh";
import type { Dashboard } from "./panel";
import { serviceHealth } from "./service-health";

export { DATASOURCE, type Dashboard, dashboardJson, refIdOf } from "./panel";

/** Every dashboard of a plan (docs/requirements.md, D7), on metrics that its own scrape jobs bring. Pure. */
export const dashboardsOf = (plan: Plan): Dashboard[] => [
  serviceHealth(plan),
  loadBalancing(plan),
  autoscaling(plan),
  ...(plan.mesh.enabled ? [mesh] : []),
  cost(plan),
];
