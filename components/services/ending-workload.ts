import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { JobPlan } from "../../model/plan";
import { createAccount } from "../kube/account";
import { labelsOf } from "../kube/labels";
import { waitsForJob } from "../kube/waits";
import { endingPod, failurePolicy } from "./ending-pod";
import { createMounted } from "./mounts";
import type { ServicePodArgs } from "./pod";
import { jobTransformationOf } from "./transform";

/** Arguments of {@link EndingWorkload}. */
export interface EndingWorkloadArgs extends ServicePodArgs {
  service: JobPlan;
}

/** Seconds in which a run that its cron job has missed is made up for: a control plane that was unavailable comes back. */
const STARTING_DEADLINE = 300;

/** What ends by itself: a cron job, or a Job that `up` waits for. */
export class EndingWorkload extends pulumi.ComponentResource {
  constructor(name: string, args: EndingWorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    const { transform = {} } = args.service;
    const changed = pulumi.mergeOptions(opts, { transformations: [jobTransformationOf(transform)] });
    super("platform:services:EndingWorkload", name, {}, changed);
    const { namespace, platform, service } = args;
    const { name: app, version, image, schedule, retries, deadline } = service;
    const labels = labelsOf(app, platform);
    const child = { parent: this };

    const account = createAccount(name, app, args, child, service.serviceAccountAnnotations);
    const dependsOn = [account, ...createMounted(name, service, args, child)];
    const spec = {
      backoffLimit: retries,
      podFailurePolicy: failurePolicy,
      activeDeadlineSeconds: deadline,
      template: endingPod(args, { app, version, image }),
    };
    if (schedule) createCronJob(schedule);
    else createJob();
    this.registerOutputs();

    function createCronJob({ cron, timeZone, concurrency }: NonNullable<JobPlan["schedule"]>) {
      new k8s.batch.v1.CronJob(
        name,
        {
          metadata: { name: app, namespace, labels },
          spec: {
            schedule: cron,
            timeZone,
            concurrencyPolicy: concurrency,
            startingDeadlineSeconds: STARTING_DEADLINE,
            jobTemplate: { metadata: { labels }, spec },
          },
        },
        { ...child, dependsOn },
      );
    }

    /** Its template cannot be changed: a new image or command is another Job, which runs. */
    function createJob() {
      new k8s.batch.v1.Job(
        name,
        {
          metadata: { name: app, namespace, labels, annotations: waitsForJob(deadline) },
          spec,
        },
        { ...child, dependsOn, deleteBeforeReplace: true },
      );
    }
  }
}
