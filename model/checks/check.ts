import type { Plan } from "../plan";
import type { Problem } from "../problems";

/** One rule: pure, reports everything that breaks it. */
export type Check = (plan: Plan) => Problem[];
