import { ApiException, CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { z } from "zod";
import type { Stack } from "../stack/stack-file";

/** The ConfigMap beside the workloads that were verified: it survives every checkout, and goes with its namespace. */
export const RECORD_NAME = "platform-verified";

const recordSchema = z.object({
  stack: z.string(),
  catalog: z.string(),
  /** What was checked out: 40 hexadecimal digits. */
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** When, ISO 8601. */
  time: z.iso.datetime(),
  /** Digests of the running images, by the last part of their names. */
  images: z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
});

/** That a stack was found to run what a commit says, and which images. No secret is in it. */
export type VerifiedRecord = z.infer<typeof recordSchema>;

/** @returns nothing when the stack was never verified, or what is there was not written by `ops verify` */
export async function readRecord(
  cluster: KubeConfig,
  { plan: { namespace } }: Pick<Stack, "plan">,
): Promise<VerifiedRecord | undefined> {
  try {
    const found = await cluster
      .makeApiClient(CoreV1Api)
      .readNamespacedConfigMap({ name: RECORD_NAME, namespace });
    return recordSchema.safeParse(JSON.parse(found.data?.record ?? "null")).data;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof ApiException && error.code === 404))
      return undefined;
    throw error;
  }
}

/** Writes it, in the place of the one before. */
export async function writeRecord(
  cluster: KubeConfig,
  { plan: { namespace, name: platform } }: Pick<Stack, "plan">,
  record: VerifiedRecord,
): Promise<void> {
  const core = cluster.makeApiClient(CoreV1Api);
  const body = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: RECORD_NAME,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "ops", "app.kubernetes.io/part-of": platform },
    },
    data: { record: JSON.stringify(record, undefined, 2) },
  };
  try {
    await core.replaceNamespacedConfigMap({ name: RECORD_NAME, namespace, body });
  } catch (error) {
    if (!(error instanceof ApiException && error.code === 404)) throw error;
    await core.createNamespacedConfigMap({ namespace, body });
  }
}
