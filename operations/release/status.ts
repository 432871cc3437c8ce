import Table from "cli-table3";
import { type ExitCode, exitCodes } from "../exit-codes";
import { milliseconds, percent } from "./judge";
import { type Holder, readHolder } from "./lease";
import { metricsOf } from "./metrics";
import { readPods } from "./pods";
import { placeOf } from "./preflight";

/** Seconds that the metrics are of. */
const WINDOW = 60;

/**
 * Prints which versions of a service there are, what share each has, and how they answer.
 * @returns `failed` when a release was abandoned: the command that made it does not run any more
 */
export async function releaseStatus(
  serviceName: string,
  { stack: stackName, json }: { stack: string; json?: boolean },
): Promise<ExitCode> {
  const { stack, cluster, service } = placeOf(stackName, serviceName);
  const { namespace } = stack.plan;
  const { release, version, name } = service;
  const versions = [version, ...(release ? [release.version] : [])];
  const [holder, metrics, pods] = await Promise.all([
    readHolder(cluster, namespace),
    metricsOf(cluster, namespace, name)(versions, Date.now() - WINDOW * 1000),
    release && readPods({ cluster, namespace, service, version: release.version }),
  ]);
  const isAbandoned = release !== undefined && !holder?.alive;
  const code = isAbandoned ? exitCodes.failed : exitCodes.done;
  const rows = versions.map((of, index) => ({
    version: of,
    image: of === version ? service.image : (release?.image ?? ""),
    weight: of === version ? 100 - (release?.weight ?? 0) : (release?.weight ?? 0),
    ...metrics[index],
  }));
  if (json) {
    console.log(
      JSON.stringify(
        { service: name, stack: stackName, release, holder, pods, versions: rows },
        undefined,
        2,
      ),
    );
    return code;
  }
  const table = new Table({
    head: ["Version", "Share", "Requests", "Success", "p95", "Image"],
    colAligns: ["left", "right", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const { version, weight, requests, success, p95, image } of rows) {
    const rate = success === undefined ? "" : percent(success);
    table.push([
      version,
      `${weight} %`,
      requests ?? 0,
      rate,
      p95 === undefined ? "" : milliseconds(p95),
      image,
    ]);
  }
  console.log(`${name} on ${stackName}, the last ${WINDOW} s\n${table}\n${sentence()}`);
  return code;

  function sentence(): string {
    if (!release)
      return holder?.alive
        ? `${holder.service ? `${holder.service} is being released` : "The whole stack is being updated"} by ${holder.who}.`
        : "No release.";
    const ready = pods ? `, ${pods.ready} of ${pods.all} pods of ${release.version} ready` : "";
    return `${release.strategy}, ${release.weight} % to ${release.version}${ready}; ${atWork(holder, name, stackName)}`;
  }
}

function atWork(holder: Holder | undefined, service: string, stack: string): string {
  if (holder?.alive) return `${holder.who} is at work on it.`;
  return [
    "the command that released it has ended.",
    `  npx ops release abort ${service} --stack ${stack}     take it back`,
    `  npx ops release promote ${service} --stack ${stack}   go on to the end`,
  ].join("\n");
}
