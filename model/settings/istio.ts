import { z } from "zod";
import type { Problem } from "../problems";
import { problemsIn } from "../zod-problems";
import { coerced } from "./coerce";
import { bound, resources } from "./field-types";
import { stackFile } from "./source";

/** Helm values, as the chart's own values.yaml documents them. */
const values = z.record(z.string(), z.unknown()).default({});

/** Settings of a stack that installs Istio: the `platform:` keys of Pulumi.istio.yaml. */
export type IstioSettings = z.infer<typeof istioSettingsSchema>;

export const istioSettingsSchema = z.strictObject({
  /** Context of the kubeconfig; no other cluster can be reached by this stack. */
  context: z.string().min(1),
  /** A stack that has it installs Istio, and is no platform. */
  istio: z.strictObject({
    /** Where the charts are: the URL of a repository, or a folder with `base`, `cni` and `istiod` in it. */
    charts: z.string().min(1).default("https://istio-release.storage.googleapis.com/charts"),
    /** Replicas of the control plane. Two at the least where it matters: without one no pod starts. */
    replicas: z
      .strictObject({ min: bound.default(2), max: bound.default(5) })
      .refine(({ min, max }) => min <= max, "min is over max")
      .prefault({}),
    /** What each of them asks for and may take. */
    resources: resources(["200m", "2"], ["512Mi", "2Gi"]),
    /** Helm values by chart, which win over the program's own. */
    values: z.strictObject({ base: values, cni: values, istiod: values }).prefault({}),
    /** Refuses `pulumi destroy`: every platform of the cluster would lose its mesh. */
    protect: z.boolean().default(true),
  }),
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
