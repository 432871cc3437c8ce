import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import Table from "cli-table3";
import { nameOf } from "../../operations/events/stack-events";
import { killDuring } from "../e2e/support/kill";
import { objectsInCluster, objectsInState, passwords } from "../e2e/support/ownership";
import { small } from "../e2e/support/small";

/** What `make up` made of a stack whose `pulumi up` was killed. */
interface Recovery {
  exitCode?: number;
  seconds: number;
  /** Objects that only the cluster or only the state has. */
  orphans: string[];
  passwordsKept: boolean;
  /** Steps of the preview afterwards. */
  steps: number;
}

const GOOD = { exitCode: 0, orphans: [], passwordsKept: true, steps: 0 };

describe("An up that is killed with kill -9, Pulumi and its provider", function () {
  this.timeout(3_600_000);
  const table = new Table({
    head: ["Killed while", "make up", "Recovered", "Orphans", "Passwords", "Preview"],
    style: { head: [], border: [], compact: true },
  });

  before(() => small.open());
  after(async () => {
    console.log(`\n${table}`);
    await small.remove();
  });

  it("while the namespace is created: make up recovers, and loses nothing", async () => {
    const { seconds, ...recovery } = await killedWhile("Namespace small-namespace");
    expect(recovery).to.deep.equal(GOOD);
  });

  it("while an object of each other kind is created: make up recovers, and loses nothing", async () => {
    const bad: object[] = [];
    for (const resource of await oneOfEachKind()) {
      await forget(resource);
      const object = nameOf(resource.urn);
      const { seconds, ...recovery } = await killedWhile(object);
      if (!isDeepStrictEqual(recovery, GOOD)) bad.push({ object, ...recovery });
    }
    expect(bad).to.deep.equal([]);
  });

  /** Kills an `up` in the middle of an operation, and writes down what `make up` makes of it. */
  async function killedWhile(object: string): Promise<Recovery> {
    const before = await passwords().catch(() => ({}));
    const operation = new RegExp(`^creating ${object}$`);
    const checkpoint = () => small.checkpoint();
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
    const passwordsKept = isDeepStrictEqual({ ...now, ...before }, now);
    const { length: steps } = await small.changes();
    const row = [killed, `exit ${exitCode}`, `${seconds} s`, orphans.join(", ") || "none"];
    table.push([...row, passwordsKept ? "kept" : "CHANGED", steps === 0 ? "empty" : `${steps} steps`]);
    return { exitCode, seconds, orphans, passwordsKept, steps };
  }
});

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
