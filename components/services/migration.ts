import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { migrationJobOf, migrationOf } from "../../model/names";
import type { ServicePlan } from "../../model/plan";
import { labelsOf } from "../kube/labels";
import { waitsForJob } from "../kube/waits";
import { endingPod, failurePolicy } from "./ending-pod";
import type { ServicePodArgs, Version } from "./pod";

/** Arguments of {@link createMigration}. */
export interface MigrationArgs extends ServicePodArgs {
  service: ServicePlan;
  migration: NonNullable<ServicePlan["migration"]>;
}

/**
 * The Job that brings the database to what a version of a service needs, with that version's image and with all that the
 * service reads. It is named after the version, so that the one of the version in use stays what it was while another is
 * released, and that one is not made again in the end. Its label is not the service's: no Service may lead to it.
 */
export function createMigration(
  name: string,
  { migration, ...args }: MigrationArgs,
  { version, image }: Version,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.Job {
  const { namespace, platform } = args;
  const { command: _, args: __, volumes, ...service } = args.service;
  // A persistent one is mounted by the pod of the version in use.
  const scratch = volumes.filter(({ kind }) => kind === "scratch");
  const { deadline, ...own } = migration;
  const app = migrationOf(service.name);
  return new k8s.batch.v1.Job(
    `${name}-migration-${version}`,
    {
      metadata: {
        name: migrationJobOf(service.name, version),
        namespace,
        labels: labelsOf(app, platform),
        annotations: waitsForJob(deadline),
      },
      spec: {
        // What was done by half is for people to look at.
        backoffLimit: 0,
        podFailurePolicy: failurePolicy,
        activeDeadlineSeconds: deadline,
        template: endingPod(
          { ...args, service: { ...service, volumes: scratch, ...own } },
          { app, version, image },
        ),
      },
    },
    { ...opts, deleteBeforeReplace: true },
  );
}
