import Table from "cli-table3";
import type { Autoscaler, Workload } from "./workloads";

/** A process of the cluster itself. */
export interface Daemon {
  name: string;
  running: boolean;
}

export interface Status {
  /** Everything that should run does. */
  ready: boolean;
  workloads: Workload[];
  daemons: Daemon[];
  /** Where users reach the platform. */
  urls: string[];
}

/** The status as one table, and what does not fit into it below. */
export function formatStatus({ workloads, daemons, urls }: Status, now = new Date()): string {
  const table = new Table({
    head: ["Workload", "Ready", "Image", "Autoscaler", "Restarts", "Age", "Why not"],
    colAligns: ["left", "right", "left", "left", "right", "right", "left"],
    colWidths: [null, null, null, null, null, null, 60],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { kind, name, pods, image, autoscaler, restarts, created, reason } of workloads) {
    const ready = `${pods.ready}/${pods.desired}`;
    const scale = autoscaler ? formatAutoscaler(autoscaler) : "";
    const age = formatAge((now.getTime() - created.getTime()) / 1000);
    table.push([`${kind} ${name}`, ready, image, scale, restarts, age, reason ?? ""]);
  }
  const stopped = daemons.filter(({ running }) => !running).map(({ name }) => name);
  const cluster =
    stopped.length > 0 ? `not running: ${stopped.join(", ")}` : `${daemons.length} daemons running`;
  return [
    workloads.length > 0 ? table.toString() : "No workloads.",
    ...(daemons.length > 0 ? [`Cluster   ${cluster}`] : []),
    ...urls.map((url) => `Platform  ${url}`),
  ].join("\n");
}

/** `2 of 2–10, cpu 3/70 %, memory 40/80 %`; a dash until there are metrics. */
function formatAutoscaler({ current, min, max, metrics }: Autoscaler): string {
  const parts = metrics.map(
    ({ resource, current, target }) => `${resource} ${current ?? "–"}/${target ?? "–"} %`,
  );
  return [`${current} of ${min}–${max}`, ...parts].join(", ");
}

/** `45 s`, `12 min`, `5 h` or `3 d`. */
function formatAge(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
