import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { JobTransforms, Transforms } from "../../model/transforms";

/** An object of Kubernetes as it would be made, without what the platform knows it by. */
interface Made<Spec> {
  metadata: Metadata;
  spec: Omit<pulumi.Unwrap<Spec>, "selector" | "scaleTargetRef">;
}

interface Metadata {
  labels: Record<string, string>;
  annotations: Record<string, pulumi.Input<string>>;
}

/** A pod has its containers in any case, the service's own first. */
interface PodTemplate {
  metadata: Metadata;
  spec: Omit<pulumi.Unwrap<k8s.types.input.core.v1.PodSpec>, "containers"> & {
    containers: [Container, ...Container[]];
  };
}
type Container = pulumi.Unwrap<k8s.types.input.core.v1.Container>;

declare module "../../model/transforms" {
  interface Transforms {
    /** The pods of each version. */
    pod?: (template: PodTemplate) => void;
    /** The Deployment of each version, but for its pods. */
    deployment?: (made: Made<Omit<k8s.types.input.apps.v1.DeploymentSpec, "template">>) => void;
    /** Its Service, and the headless one. */
    service?: (made: Made<k8s.types.input.core.v1.ServiceSpec>) => void;
    /** The autoscaler of each version. */
    autoscaler?: (made: Made<k8s.types.input.autoscaling.v2.HorizontalPodAutoscalerSpec>) => void;
    /** How many of its pods may be unavailable at once. */
    disruptionBudget?: (made: Made<k8s.types.input.policy.v1.PodDisruptionBudgetSpec>) => void;
  }

  interface JobTransforms {
    /** The pod of each run. */
    pod?: (template: PodTemplate) => void;
    /** Its Job, or that of each run, but for the pod. */
    job?: (made: Made<Omit<k8s.types.input.batch.v1.JobSpec, "template">>) => void;
    /** Its CronJob, but for its Jobs. */
    cronJob?: (made: Made<Omit<k8s.types.input.batch.v1.CronJobSpec, "jobTemplate">>) => void;
  }
}

type Change = ((object: never) => void) | undefined;
/** What a builder hands to Pulumi, as far as it is looked at here. */
type Arguments = Record<"metadata" | "spec", Record<string, unknown>>;

/** Pulumi's hook for the children of a service: each one is changed as its entry says, last of all. */
export function transformationOf(transforms: Transforms): pulumi.ResourceTransformation {
  const { pod, deployment, service, autoscaler, disruptionBudget } = transforms;
  return transformation({
    "kubernetes:apps/v1:Deployment": (made) =>
      withPart(transformed(made, deployment), "template", transformed(partOf(made, "template"), pod)),
    "kubernetes:core/v1:Service": (made) => transformed(made, service),
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": (made) => transformed(made, autoscaler),
    "kubernetes:policy/v1:PodDisruptionBudget": (made) => transformed(made, disruptionBudget),
  });
}

/** The same for the children of what ends by itself. */
export function jobTransformationOf({ pod, job, cronJob }: JobTransforms): pulumi.ResourceTransformation {
  const jobOf = (made: Arguments) =>
    withPart(transformed(made, job), "template", transformed(partOf(made, "template"), pod));
  return transformation({
    "kubernetes:batch/v1:Job": jobOf,
    "kubernetes:batch/v1:CronJob": (made) =>
      withPart(transformed(made, cronJob), "jobTemplate", jobOf(partOf(made, "jobTemplate"))),
  });
}

const transformation =
  (changes: Record<string, (made: Arguments) => Arguments>): pulumi.ResourceTransformation =>
  ({ type, props, opts }) => {
    const change = changes[type];
    return change && { props: { ...props, ...change(props as Arguments) }, opts };
  };

const partOf = ({ spec }: Arguments, key: string) => spec[key] as Arguments;
const withPart = (made: Arguments, key: string, part: Arguments): Arguments => ({
  ...made,
  spec: { ...made.spec, [key]: part },
});

/**
 * The object with a change. The platform's labels, by which selectors, policies and the mesh go, are there in any case; name,
 * namespace and selector are as they were.
 */
function transformed(made: Arguments, change: Change): Arguments {
  if (!change) return made;
  const { metadata, spec } = mutableCopy(made);
  metadata.annotations ??= {};
  (change as (object: unknown) => void)({ metadata, spec });
  const { name, namespace, labels } = made.metadata;
  const { selector, scaleTargetRef } = made.spec;
  return {
    metadata: definedIn({
      ...metadata,
      name,
      namespace,
      labels: { ...(metadata.labels as object), ...(labels as object) },
    }),
    spec: definedIn({ ...spec, selector, scaleTargetRef }),
  };
}

/** A plan is frozen, and parts of it are in what is made of it. What Pulumi computes stays what it is. */
function mutableCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(mutableCopy) as T;
  if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mutableCopy(one)])) as T;
}

const definedIn = (object: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
