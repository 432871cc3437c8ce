import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { CoreV1Api, type KubeConfig, Log } from "@kubernetes/client-node";
import { migrationJobOf, migrationOf } from "../../model/names";
import { hideInText } from "../review/redact";

/** Lines of the log that are told: a stack trace, as a rule. */
const LINES = 20;

/**
 * That the migration to a version has failed, and the last lines of its log, without secrets.
 * @returns nothing where none has failed
 */
export async function migrationFailure(
  cluster: KubeConfig,
  namespace: string,
  service: string,
  version: string,
): Promise<string[]> {
  const core = cluster.makeApiClient(CoreV1Api);
  const container = migrationOf(service);
  const job = migrationJobOf(service, version);
  const { items } = await core.listNamespacedPod({
    namespace,
    labelSelector: `batch.kubernetes.io/job-name=${job}`,
  });
  const name = items.find(({ status }) => status?.phase === "Failed")?.metadata?.name;
  if (name === undefined) return [];
  const log = new PassThrough();
  await new Log(cluster).log(namespace, name, container, log, { tailLines: LINES });
  const lines = hideInText(await text(log))
    .split("\n")
    .filter(Boolean);
  return [`migration  Job ${job} failed`, ...lines.map((line) => `  ${line}`)];
}
