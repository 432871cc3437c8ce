import type { Catalog } from "../model/catalog";
import { dealcycle } from "./dealcycle";
import { malai } from "./malai";

/** Every platform this program can build, by the name a stack selects it with (`platform:catalog`). */
export const catalogs: Record<string, Catalog> = { malai, dealcycle };
