import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import type { FastifyInstance } from "fastify";
import { WebSocket } from "ws";
import { readConfig } from "../../services/reference/src/config";
import { createServer } from "../../services/reference/src/server";
import { webSocketRoutes } from "../../services/reference/src/websocket";
import { clock } from "../support/clock";

describe("reference service: WebSocket", () => {
  let app: FastifyInstance;
  let url: string;
  beforeEach(async () => {
    app = createServer(readConfig({ SERVICE_NAME: "api-gateway", PORT: "3000", LOG_LEVEL: "silent" }));
    webSocketRoutes(app);
    url = (await app.listen({ host: "127.0.0.1", port: 0 })).replace("http", "ws");
  });
  afterEach(async () => {
    clock.restart();
    await app.close();
  });

  async function open(path: string): Promise<WebSocket> {
    const socket = new WebSocket(url + path);
    await once(socket, "open");
    return socket;
  }

  it("[O8] sends text and bytes back as they came", async () => {
    const socket = await open("/ws/echo?room=1");
    socket.send("hello");
    expect(await once(socket, "message")).to.deep.equal([Buffer.from("hello"), false]);
    socket.send(Buffer.from([0, 255]));
    expect(await once(socket, "message")).to.deep.equal([Buffer.from([0, 255]), true]);
  });

  it("answers an upgrade of any other path with 404", async () => {
    const socket = new WebSocket(`${url}/ws/other`);
    const [error] = await once(socket, "error");
    expect(error.message).to.equal("Unexpected server response: 404");
  });

  it("ends a connection whose message is over 64 KiB", async () => {
    const socket = await open("/ws/echo");
    socket.send("x".repeat(64 * 1024 + 1));
    expect((await once(socket, "close"))[0]).to.equal(1009);
  });

  it("tells its clients to connect again when it ends", async () => {
    const socket = await open("/ws/echo");
    const closed = once(socket, "close");
    await app.close();
    expect(String((await closed)[1])).to.equal("restarting");
  });

  it("[O12] ends in time although a client does not answer any more", async () => {
    const { hostname, port } = new URL(url);
    const mute = connect(Number(port), hostname);
    mute.write(
      "GET /ws/echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n" +
        "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    await once(mute, "data");
    clock.stop();
    let isOver = false;
    const closed = app.close().finally(() => {
      isOver = true;
    });
    const [frame] = await once(mute, "data");
    expect(frame.subarray(4).toString()).to.equal("restarting");
    await clock.pass(999);
    expect(isOver).to.equal(false);
    await clock.pass(1);
    await closed;
    mute.destroy();
  });
});
