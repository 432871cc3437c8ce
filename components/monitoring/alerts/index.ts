import { stringify } from "yaml";
import type { Plan } from "../../../model/plan";
import { autoscalingAlerts } from "./autoscaling";
import { discoveryAlerts } from "./discovery";
import { healthAlerts } from "./health";
import { ownAlerts } from "./prometheus";
import { requestAlerts } from "./requests";
import { resourceAlerts } from "./resources";
import { type RuleGroup, withRunbookUrl } from "./rule";
import { storeAlerts } from "./stores";

/** Every alert of a plan (docs/requirements.md, D8), on metrics that its own scrape jobs bring. Pure. */
export const alertGroups = (plan: Plan): RuleGroup[] =>
  groupsOf(plan).map(({ name, rules }) => ({
    name,
    rules: rules.map((rule) => withRunbookUrl(rule, plan.alertmanager.runbooks)),
  }));

const groupsOf = (plan: Plan): RuleGroup[] => [
  { name: "service-health", rules: healthAlerts(plan) },
  { name: "requests", rules: requestAlerts(plan) },
  { name: "resources", rules: resourceAlerts(plan) },
  { name: "autoscaling", rules: autoscalingAlerts(plan) },
  { name: "service-discovery", rules: discoveryAlerts(plan) },
  { name: "data-stores", rules: storeAlerts(plan) },
  { name: "alerting", rules: ownAlerts },
];

/** The alerts as rules.yml. */
export const rulesText = (plan: Plan): string => stringify({ groups: alertGroups(plan) }, { lineWidth: 0 });
