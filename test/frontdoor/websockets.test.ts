import { once } from "node:events";
import type { ConnectionOptions } from "node:tls";
import { expect } from "chai";
import { type ClientOptions, WebSocket } from "ws";
import { type FrontDoorUnderTest, prepare, removeFolder, type Site } from "./support/nginx";
import { type Replica, startReplicas } from "./support/replicas";
import {
  acceptingOf,
  answerDns,
  prepareCommands,
  startDiscovery,
  workersOf,
} from "./support/running-discovery";
import { tableOf } from "./support/tables";

const table = tableOf("dev");
/** Open files that nginx may have by default: less than both ends of the WebSockets below. */
const SOFT_LIMIT = 64;

describe("nginx with WebSockets that stay open", () => {
  let site: Site;
  let replicas: Replica[];
  let door: FrontDoorUnderTest;
  const sockets: WebSocket[] = [];

  beforeEach(async () => {
    replicas = await startReplicas(2);
    site = await prepare(table);
    await prepareCommands(site, SOFT_LIMIT);
    leadTo(0);
    door = await startDiscovery(table, site, replicas[0]?.port, { OLD_WORKERS: "3" });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await door?.stop();
    await removeFolder(site.folder);
  });

  it("[R10] nginx opens more files than the limit that it was started with", async () => {
    const opened = await Promise.all(Array.from({ length: SOFT_LIMIT }, () => open()));
    expect(await Promise.all(opened.map(echo))).to.deep.equal(
      Array(SOFT_LIMIT).fill(`${replicas[0]?.host} heard hello`),
    );
    expect(door.errors()).to.not.contain("Too many open files");
  });

  it("[R10] a WebSocket outlives changes of the pods, until more workers wait than there may be", async () => {
    const before: WebSocket[] = [];
    for (const index of [1, 0, 1, 0]) {
      before.push(await open());
      leadTo(index);
      await door.until(
        "the other pod is asked",
        async () => (await door.replica("/api/")) === replicas[index]?.host,
      );
      // The master tells the old worker a moment after it has started the new one; until then both take connections.
      await door.until("one worker takes connections", async () => acceptingOf(door).length === 1);
    }
    const [first, ...others] = before as [WebSocket, ...WebSocket[]];
    await door.until("the oldest has ended", async () => first.readyState === WebSocket.CLOSED);
    expect(await Promise.all(others.map(echo))).to.deep.equal(
      [1, 0, 1].map((index) => `${replicas[index]?.host} heard hello`),
    );
    // The one that takes new connections, and three that wait.
    expect(workersOf(door)).to.have.lengthOf(4);
  });

  function leadTo(index: number): void {
    const { host } = replicas[index] as Replica;
    answerDns(site, `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tx\nAddress: ${host}\n`);
  }

  async function open(): Promise<WebSocket> {
    const options: ClientOptions & ConnectionOptions = { ca: door.certificate, servername: table.host };
    const socket = new WebSocket(`wss://${door.layout.https}/ws/`, {
      ...options,
      headers: { host: table.host },
    });
    sockets.push(socket);
    await once(socket, "open");
    return socket;
  }
});

async function echo(socket: WebSocket): Promise<string> {
  socket.send("hello");
  const [message] = await once(socket, "message");
  return String(message);
}
