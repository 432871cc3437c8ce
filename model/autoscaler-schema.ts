import { z } from "zod";
import type { Autoscaler } from "./autoscaler";
import { quantity, target } from "./settings/field-types";

const metric = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("Pods"), metric: z.string(), averageValue: quantity }),
  z.strictObject({
    type: z.literal("External"),
    metric: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    averageValue: quantity,
  }),
]);

/** What the number of replicas goes by. */
export const autoscaler: z.ZodType<Autoscaler> = z.union([
  z.literal("none"),
  z.strictObject({ cpu: target.optional(), memory: target.optional(), metrics: z.array(metric).optional() }),
]);
