import { type RouteTable, routeTable } from "../../../components/frontdoor/routes";
import { parseSettings } from "../../../model/settings";
import { catalogs } from "../../../platforms";
import { planOf } from "../../../stacks/plan";
import { readStackFile, valuesOf } from "../../../stacks/stack-file";
import { unlimited } from "./nginx";

/** The route table of a stack whose nginx chooses among the pods itself, with a rate limit that no test reaches by accident. */
export function tableOf(stack: string, changes: Partial<RouteTable> = {}): RouteTable {
  const parsed = parseSettings({ ...valuesOf(readStackFile(stack)), mesh: { enabled: false } }, catalogs);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return { ...routeTable(planOf(parsed.settings)), rateLimit: unlimited, ...changes };
}
