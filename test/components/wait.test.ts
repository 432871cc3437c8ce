import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { expect } from "chai";
import { type Protocol, waitArguments, waitScript } from "../../components/kube/wait";
import { malai } from "../../platforms/malai";
import { selfSigned } from "../frontdoor/support/certificate";
import { ensureDebian } from "../support/debian";
import { objectOf, render, settingsOf } from "../support/render";

type Handler = (socket: Socket) => void;

/** A sidecar: it takes every connection, and closes it when no server is behind it. */
class Sidecar {
  behind: Handler | undefined;
  connections = 0;
  readonly news = new EventEmitter();
  readonly server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    this.connections += 1;
    if (this.behind) this.behind(socket);
    else socket.end();
    this.news.emit("connection");
  });

  async listen(): Promise<number> {
    await once(this.server.listen(0, "127.0.0.1"), "listening");
    return (this.server.address() as AddressInfo).port;
  }

  async connected(times: number): Promise<void> {
    while (this.connections < times) await once(this.news, "connection");
  }
}

/** Answers once what a client has said is what the protocol wants. */
const answering = (expected: Buffer, answer: Buffer): Handler => {
  return (socket) => socket.once("data", (said) => said.equals(expected) && socket.write(answer));
};

describe("The wait for a store", function () {
  this.timeout(60_000);
  let folder: string;
  let stores: Record<Protocol, Handler>;
  const children: ChildProcess[] = [];
  const sidecars: Sidecar[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "wait-"));
    const busybox = await ensureDebian("busybox", "bin/busybox");
    const openbsd = await ensureDebian("netcat-openbsd", "bin/nc.openbsd");
    for (const [name, nc] of Object.entries({ busybox, openbsd })) {
      mkdirSync(join(folder, name));
      for (const tool of ["sh", "od", "grep", "sleep", "timeout"])
        symlinkSync(busybox, join(folder, name, tool));
      symlinkSync(nc, join(folder, name, "nc"));
    }
    const { key, certificate } = await selfSigned("redis");
    const secureContext = createSecureContext({ key, cert: certificate });
    stores = {
      postgres: answering(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), Buffer.from("S")),
      tls: (socket) => {
        const secured = new TLSSocket(socket, { isServer: true, secureContext });
        secured.on("error", () => undefined);
      },
      rabbitmqNode: answering(Buffer.from("\0\x07zrabbit", "latin1"), Buffer.from("w\0\x64\x50", "latin1")),
    };
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const { server } of sidecars.splice(0)) server.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts the script as the container does, with one of the two kinds of `nc`. */
  async function waiting(speaks: Protocol, nc: string) {
    const sidecar = new Sidecar();
    sidecars.push(sidecar);
    const port = await sidecar.listen();
    const args = waitArguments({ host: "127.0.0.1", port, speaks });
    const env = { PATH: join(folder, nc), TMPDIR: mkdtempSync(join(folder, "tmp-")) };
    const child = spawn(join(folder, nc, "sh"), ["-c", waitScript, "wait", ...args], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    let said = "";
    child.stdout?.on("data", (text) => {
      said += text;
    });
    return { sidecar, port, child, ended: once(child, "exit"), said: () => said };
  }

  for (const nc of ["busybox", "openbsd"]) {
    for (const speaks of ["postgres", "tls", "rabbitmqNode"] as const) {
      it(`[R49] goes on behind a sidecar until the server itself answers: ${speaks}, nc of ${nc}`, async () => {
        const { sidecar, port, child, ended, said } = await waiting(speaks, nc);
        await sidecar.connected(2);
        expect(child.exitCode, "it was connected, and no server has answered").to.equal(null);
        expect(said()).to.match(new RegExp(`^waiting for 127.0.0.1:${port}\\n`));
        sidecar.behind = stores[speaks];
        expect(await ended).to.deep.equal([0, null]);
      });
    }
  }

  it("[R49] takes nothing else for an answer: a port mapper that knows no such node", async () => {
    const { sidecar, child, ended } = await waiting("rabbitmqNode", "busybox");
    sidecar.behind = (socket) => socket.end("w\x01");
    await sidecar.connected(2);
    expect(child.exitCode).to.equal(null);
    sidecar.behind = stores.rabbitmqNode;
    expect(await ended).to.deep.equal([0, null]);
  });

  it("[R49] is what the init containers of services run, and RabbitMQ's nodes before their first start", async () => {
    const prod = await render(malai, settingsOf("prod"));
    const initContainersOf = (kind: string, name: string) =>
      objectOf(prod, kind, name).spec.template.spec.initContainers;
    const awaited = { postgres: [5432, "postgres"], redis: [6379, "tls"], rabbitmq: [5671, "tls"] } as const;
    const waits = initContainersOf("Deployment", "event-service");
    for (const [index, [host, [port, speaks]]] of Object.entries(awaited).entries()) {
      expect(waits[index].command).to.deep.equal(["sh", "-c", waitScript, `wait-for-${host}`]);
      expect(waits[index].args).to.deep.equal(waitArguments({ host, port, speaks }));
      expect(waits[index].volumeMounts).to.deep.equal([
        { name: "scratch", mountPath: "/tmp", subPath: "tmp" },
      ]);
    }
    const [prepare] = initContainersOf("StatefulSet", "rabbitmq");
    expect(prepare.env).to.deep.equal([{ name: "WAIT", value: waitScript }]);
    expect(prepare.command[2]).to.contain(
      "exec sh -c \"$WAIT\" wait-for-rabbitmq-0 'rabbitmq-0' '4369' '\\000\\007\\172",
    );
    expect(JSON.stringify(prod.map(({ inputs }) => inputs.spec ?? {}))).to.not.contain("until nc -z");
  });
});
