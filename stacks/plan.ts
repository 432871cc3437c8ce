import { makePlan } from "../model/make-plan";
import type { Plan } from "../model/plan";
import type { Settings } from "../model/settings";
import { catalogs } from "../platforms";

/**
 * The plan of a stack's settings.
 * @throws when there is no catalog of that name, which `parseSettings` has excluded
 */
export function planOf(settings: Settings): Plan {
  const catalog = catalogs[settings.catalog];
  if (!catalog) throw new Error(`there is no catalog "${settings.catalog}"`);
  return makePlan(catalog, settings);
}
