import { isDeepStrictEqual } from "node:util";
import Table from "cli-table3";
import { nameOf } from "../../embedded/stack-events";
import { killDuring } from "../e2e/support/kill";
import { objectsInCluster, objectsInState, passwords } from "../e2e/support/ownership";
import { small } from "../e2e/support/small";

/**
 * A drill: Pulumi and its provider are killed once while an object of each kind is created, and `make up` heals it.
 * By hand, on an embedded cluster that runs: node --import tsx test/drills/kill-each-kind.ts
 */
const table = new Table({
  head: ["Kind", "Killed while", "make up", "Recovered", "Orphans", "Passwords", "Preview"],
  style: { head: [], border: [], compact: true },
});
let isGood = true;

await small.open();
try {
  await drill("Namespace small-namespace");
  for (const resource of await oneOfEachKind()) {
    await forget(resource);
    await drill(nameOf(resource.urn));
  }
} finally {
  console.log(`\n${table}`);
  await small.remove();
}
process.exit(isGood ? 0 : 1);

/** The last of each kind but the namespace, which would take all others with it. */
async function oneOfEachKind(): Promise<any[]> {
  const { resources } = await small.state();
  const objects = resources.filter(
    ({ custom, type }) => custom && type.startsWith("kubernetes:") && !type.endsWith(":Namespace"),
  );
  return [...new Map(objects.map((resource) => [resource.type, resource])).values()];
}

/** Deletes an object by hand, and what keeps it; a refresh then makes the stack forget it. */
async function forget({ outputs: { kind, metadata } }: any): Promise<void> {
  if (kind === "PersistentVolumeClaim") {
    const [store] = /[^-]+(?=-\d+$)/.exec(metadata.name) ?? [];
    await small.kubectl("delete", "statefulset", String(store));
  }
  await small.kubectl("delete", kind, metadata.name);
  await small.pulumi("refresh", "--yes", "--skip-preview");
}

/** Kills an `up` in the middle of an operation, and writes down what `make up` makes of it. */
async function drill(object: string): Promise<void> {
  const before = await passwords().catch(() => ({}));
  const checkpoint = () => small.checkpoint();
  const operation = new RegExp(`^creating ${object}$`);
  const killed = await killDuring({ operation, checkpoint }, small.start("pulumi up"));
  const start = Date.now();
  const { exitCode, all } = await small.makeUp();
  const seconds = Math.round((Date.now() - start) / 1000);
  if (exitCode !== 0) console.log(all);

  const [cluster, state] = [await objectsInCluster(), await objectsInState()];
  const orphans = [
    ...cluster.filter((line) => !state.includes(line)),
    ...state.filter((line) => !cluster.includes(line)),
  ];
  const now = await passwords();
  const kept = isDeepStrictEqual({ ...now, ...before }, now);
  const steps = await small.changes();
  isGood &&= exitCode === 0 && orphans.length === 0 && kept && steps.length === 0;
  for (const orphan of orphans) console.log(`orphan: ${orphan}`);
  const [kind = ""] = object.split(" ");
  const row = [
    kind,
    killed,
    exitCode === 0 ? "exit 0" : `exit ${exitCode}`,
    `${seconds} s`,
    String(orphans.length),
    kept ? "kept" : "CHANGED",
    steps.length === 0 ? "empty" : `${steps.length} steps`,
  ];
  table.push(row);
  console.log(row.join(" | "));
}
