import { expect } from "chai";
import { until } from "../support/until";
import { get, kubectl, podsOf, restartsOf, statusOf } from "./support/cluster";
import { call } from "./support/front-door";
import { samplesOf } from "./support/prometheus";

const EVENT_PORT = 4001;

/** Opens 35 connections at once, keeps them, and counts what came of each: Postgres' `S`, or an error of the network. */
const KNOCK = `
const knock = () => new Promise((resolve) => {
  const socket = require("node:net").connect(5432, "postgres", () =>
    socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
  socket.once("data", (data) => resolve(String(data)));
  socket.on("error", ({ code }) => resolve(code));
  socket.on("close", () => resolve("closed"));
});
Promise.all(Array.from({ length: 35 }, knock)).then((answers) => {
  const counts = {};
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1;
  console.log(JSON.stringify(counts));
  process.exit();
});
`;

describe("Stores", () => {
  it("[O4] a lost Postgres pod makes its services not ready, leaves them alive, and loses nothing", async () => {
    const { body: item } = await call("POST", "/api/event/items", { name: "survivor" });
    const [pod] = await podsOf("event-service");
    if (!pod) throw new Error("no pod of event-service runs");
    const restartsBefore = await restartsOf("event-service");

    await kubectl("delete", "pod", "postgres-0", "--wait=false");
    await until(
      "not ready without its database",
      60,
      () => statusOf(pod, EVENT_PORT, "/health/ready"),
      (s) => s === 503,
    );
    expect(await statusOf(pod, EVENT_PORT, "/health/live"), "alive meanwhile").to.equal(200);

    await until(
      "ready again",
      90,
      () => statusOf(pod, EVENT_PORT, "/health/ready"),
      (status) => status === 200,
    );
    const found = await until(
      "the item is read through the front door",
      30,
      () => call("GET", `/api/event/items/${item.id}`),
      ({ status }) => status === 200,
    );
    expect(found.body).to.include({ id: item.id, name: "survivor" });
    expect(await restartsOf("event-service"), "no pod was restarted").to.deep.equal(restartsBefore);
  });

  it("[R8] a store whose exporter is gone stays in service", async () => {
    const exporter = (replicas: string) =>
      kubectl("scale", "deployment", "postgres-exporter", `--replicas=${replicas}`);
    await exporter("0");
    try {
      await until(
        "the exporter is gone",
        60,
        () => podsOf("postgres-exporter"),
        (pods) => pods.length === 0,
      );
      const { items } = await get("endpointslices", "-l", "kubernetes.io/service-name=postgres");
      const ready = items.flatMap(({ endpoints }: any) =>
        endpoints.map(({ conditions }: any) => conditions.ready),
      );
      expect(ready).to.deep.equal([true]);
      expect((await call("POST", "/api/event/items", { name: "unobserved" })).status).to.equal(201);
    } finally {
      await exporter("1");
      await kubectl("rollout", "status", "deployment", "postgres-exporter", "--timeout=120s");
      const isUp = () => samplesOf("pg_up == 1");
      await until("Prometheus reads it again", 60, isUp, (samples) => samples.length === 1);
    }
  });

  it("[R32] one pod opens as many connections as Postgres takes, not as its sidecar does", async () => {
    const [pod] = await podsOf("event-service");
    if (!pod) throw new Error("no pod of event-service runs");
    const answers = await kubectl("exec", pod, "-c", "event-service", "--", "node", "-e", KNOCK);
    expect(JSON.parse(answers)).to.deep.equal({ S: 35 });
  });

  it("[O1] a login reaches its own database and no other", async () => {
    const sql =
      "select datname from pg_database where has_database_privilege('auth_service', datname, 'connect') and not datistemplate";
    const reachable = await kubectl("exec", "postgres-0", "--", "psql", "-U", "postgres", "-tAc", sql);
    expect(reachable.split("\n")).to.include("auth").and.not.include("events").and.not.include("payment");
  });

  it("RabbitMQ knows one user, and no guest", async () => {
    const users = await kubectl(
      "exec",
      "rabbitmq-0",
      "--",
      "rabbitmqctl",
      "list_users",
      "--quiet",
      "--formatter=json",
    );
    expect(JSON.parse(users).map(({ user }: { user: string }) => user)).to.deep.equal(["malai"]);
  });

  it("the namespace refuses a pod that is not restricted", async () => {
    const dryRun = kubectl("run", "intruder", "--image=docker.io/library/busybox:1.37.0", "--dry-run=server");
    const error = await dryRun.then(
      () => undefined,
      (error: Error) => error,
    );
    expect(error?.message).to.contain('violates PodSecurity "restricted');
  });
});
