import { mock } from "node:test";
import { expect } from "chai";
import { readConfig } from "../../services/reference/src/config";
import type { Database, Query } from "../../services/reference/src/database";
import { DependencyUnavailable } from "../../services/reference/src/dependency";
import { Metrics } from "../../services/reference/src/metrics";
import { Notifications } from "../../services/reference/src/notifications";
import { Outbox } from "../../services/reference/src/outbox";
import type { DomainEvent } from "../../services/reference/src/queue";
import { createServer } from "../../services/reference/src/server";
import { gate } from "../support/gate";

const metrics = () => new Metrics({ service: "trial-service", version: "1.0.0" });
const event = (id: string): DomainEvent => ({
  id,
  routingKey: "trial.created",
  requestId: `for-${id}`,
  body: { id },
});

describe("reference service: notifications", () => {
  it("keeps the last 100, newest first, and counts all", () => {
    const notifications = new Notifications(metrics());
    for (let index = 0; index < 130; index += 1) notifications.add(event(`e${index}`));
    const { count, recent } = notifications.list();
    expect(count).to.equal(130);
    expect(recent).to.have.length(100);
    expect(recent[0]).to.include({ id: "e129", requestId: "for-e129", routingKey: "trial.created" });
    expect(recent.at(-1)?.id).to.equal("e30");
  });

  it("counts an event that is delivered twice once", () => {
    const notifications = new Notifications(metrics());
    for (const id of ["a", "b", "a"]) notifications.add(event(id));
    expect(notifications.list().count).to.equal(2);
  });

  it("refuses an event without an id, so that it ends with the dead letters", () => {
    expect(() => new Notifications(metrics()).add(event(""))).to.throw("without an id");
  });
});

describe("reference service: outbox", () => {
  let outbox: Outbox | undefined;
  // Its own looks, and its pauses, are the test's.
  beforeEach(() => mock.timers.enable({ apis: ["Date", "setInterval"] }));
  afterEach(async () => {
    await outbox?.close();
    mock.timers.reset();
  });

  /** An outbox on a table in memory and a broker that refuses the ids in `refused`. */
  function trial(refused = new Set<string>()) {
    const table: { position: string; id: string; routing_key: string; request_id: string; body: unknown }[] =
      [];
    const published: string[] = [];
    let transactions = 0;
    let attempts = 0;
    let hold: { begins: () => void; isOver: Promise<void> } | undefined;
    const query = (async (text: string, values: unknown[] = []) => {
      if (text.includes("select")) return table.slice(0, Number(values[1]));
      const gone = new Set(values[0] as string[]);
      table.splice(0, table.length, ...table.filter(({ position }) => !gone.has(position)));
      return [];
    }) as unknown as Query;
    const database = {
      transaction: async (work: (query: Query) => Promise<unknown>) => {
        transactions += 1;
        const held = hold;
        hold = undefined;
        held?.begins();
        await held?.isOver;
        return work(query);
      },
    } as unknown as Database;
    const queue = {
      publish: async ({ id }: DomainEvent) => {
        attempts += 1;
        if (refused.has(id)) throw new DependencyUnavailable("messageQueue");
        published.push(id);
      },
    };
    const { log } = createServer(readConfig({ SERVICE_NAME: "trial", PORT: "1", LOG_LEVEL: "silent" }));
    outbox = new Outbox("trial-0", database, queue, metrics(), log);
    /** Holds up the next transaction, before its first statement. */
    function holdNext() {
      const [begins, ends] = [gate(), gate()];
      hold = { begins: begins.open, isOver: ends.opened };
      return { begun: begins.opened, release: ends.open };
    }
    const write = (id: string) =>
      table.push({ position: `p-${id}`, id, routing_key: "trial.created", request_id: "r", body: {} });
    return {
      outbox,
      table,
      published,
      write,
      holdNext,
      refused,
      transactions: () => transactions,
      attempts: () => attempts,
    };
  }

  it("publishes in order and deletes what was confirmed", async () => {
    const { outbox, table, published, write } = trial();
    for (const id of ["a", "b", "c"]) write(id);
    expect([...(await outbox.flush())]).to.deep.equal(["a", "b", "c"]);
    expect(published).to.deep.equal(["a", "b", "c"]);
    expect(table).to.deep.equal([]);
  });

  it("keeps what the broker did not confirm, and sends it when the queue is back", async () => {
    const { outbox, table, published, write, refused } = trial(new Set(["b"]));
    for (const id of ["a", "b"]) write(id);
    expect([...(await outbox.flush())]).to.deep.equal(["a"]);
    expect(table.map(({ id }) => id)).to.deep.equal(["b"]);
    refused.clear();
    outbox.resume();
    await outbox.flush();
    expect(published).to.deep.equal(["a", "b"]);
    expect(table).to.deep.equal([]);
  });

  it("tries nothing more for a while after a failure, so that no event is sent over and over", async () => {
    const { outbox, write, attempts } = trial(new Set(["a"]));
    write("a");
    for (let flush = 0; flush < 20; flush += 1) await outbox.flush();
    mock.timers.tick(499);
    await outbox.flush();
    expect(attempts()).to.equal(1);
    mock.timers.tick(501);
    await outbox.flush();
    expect(attempts()).to.equal(2);
  });

  it("goes on until nothing is left, a batch at a time", async () => {
    const { outbox, table, published, write } = trial();
    for (let index = 0; index < 250; index += 1) write(`e${index}`);
    await outbox.flush();
    expect(published).to.have.length(250);
    expect(table).to.deep.equal([]);
  });

  it("lets all who ask during a run share the next one, and knows what either has sent", async () => {
    const { outbox, published, write, holdNext, transactions } = trial();
    const firstRun = holdNext();
    const first = outbox.flush();
    await firstRun.begun;
    write("seen by the first run");
    const others = [outbox.flush(), outbox.flush(), outbox.flush()];
    const nextRun = holdNext();
    firstRun.release();
    await first;
    await nextRun.begun;
    write("too late for the first run");
    nextRun.release();
    for (const sent of await Promise.all(others)) {
      expect([...sent]).to.deep.equal(["seen by the first run", "too late for the first run"]);
    }
    expect(published).to.have.length(2);
    expect(transactions()).to.equal(2);
  });
});
