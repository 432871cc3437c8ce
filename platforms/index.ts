import type { Catalog } from "../components/catalog";
import { makePlan, type Plan } from "../components/plan";
import type { Settings } from "../components/settings";
import { dealcycle } from "./dealcycle";
import { malai } from "./malai";

/** Every platform this program can build, by the name a stack selects it with (`platform:catalog`). */
export const catalogs: Record<string, Catalog> = { malai, dealcycle };

/**
 * The plan of a stack's settings.
 * @throws when there is no catalog of that name, which `parseSettings` has excluded
 */
export function planOf(settings: Settings): Plan {
  const catalog = catalogs[settings.catalog];
  if (!catalog) throw new Error(`there is no catalog "${settings.catalog}"`);
  return makePlan(catalog, settings);
}
