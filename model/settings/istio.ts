import { z } from "zod";
import type { Problem } from "../problems";
import { problemsIn } from "../zod-problems";
import { coerced } from "./coerce";
import { bound, clusterContext, resources } from "./field-types";
import { stackFile } from "./source";

/** Helm values, as the chart's own values.yaml documents them. */
const values = z
  .record(z.string(), z.unknown())
  .default({})
  .meta({
    description: "Values of this chart.",
    examples: [{ global: { logging: { level: "default:debug" } } }],
  });

/** Settings of a stack that installs Istio: the `platform:` keys of Pulumi.istio.yaml. */
export type IstioSettings = z.infer<typeof istioSettingsSchema>;

export const istioSettingsSchema = z.strictObject({
  context: clusterContext,
  istio: z
    .strictObject({
      charts: z
        .string()
        .min(1)
        .default("https://istio-release.storage.googleapis.com/charts")
        .describe(
          "Where the charts are: the URL of a repository, or a folder with `base`, `cni` and `istiod` in it.",
        ),
      replicas: z
        .strictObject({
          min: bound.default(2).describe("Replicas at least."),
          max: bound.default(5).describe("Replicas at most."),
        })
        .refine(({ min, max }) => min <= max, "min is over max")
        .prefault({})
        .describe(
          "Replicas of the control plane. Two at the least where it matters: without one no pod starts.",
        ),
      resources: resources(["200m", "2"], ["512Mi", "2Gi"]).describe(
        "What each of them asks for and may take.",
      ),
      values: z
        .strictObject({ base: values, cni: values, istiod: values })
        .prefault({})
        .describe("Helm values by chart, which win over the program's own."),
      protect: z
        .boolean()
        .default(true)
        .describe("Refuses `pulumi destroy`: every platform of the cluster would lose its mesh."),
    })
    .describe("A stack that has it installs Istio, and is no platform."),
});

/** Whether a stack with these settings installs Istio, rather than building a platform. */
export const installsIstio = (values: Readonly<Record<string, unknown>>): boolean => "istio" in values;

/** Checks and completes the settings of such a stack. */
export function parseIstioSettings(
  values: Readonly<Record<string, unknown>>,
): { settings: IstioSettings } | { problems: Problem[] } {
  const given = coerced(istioSettingsSchema, values);
  const result = istioSettingsSchema.safeParse(given, { reportInput: true });
  if (result.success) return { settings: result.data };
  return { problems: problemsIn(result.error, istioSettingsSchema, stackFile) };
}
