import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { frontDoorProblem } from "../../../operations/promotion/front-door";
import { type Issued, issueFor } from "../../services/certificates";

describe("The front door, as ops verify asks it", () => {
  let issued: Issued;
  let server: Server;
  let url: string;
  let status = 200;

  before(async () => {
    issued = await issueFor("malai.localhost");
    server = createServer({ key: issued.key, cert: issued.certificate }, ({ url }, response) => {
      response.writeHead(url === "/health" ? status : 404).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `https://malai.localhost:${(server.address() as AddressInfo).port}`;
  });
  after(() => server?.close());

  it("[C6] is no problem when /health answers 200, at a name that no resolver needs to know", async () => {
    status = 200;
    expect(await frontDoorProblem(url, issued.ca)).to.equal(undefined);
  });

  it("[C6] is a problem when it answers something else", async () => {
    status = 503;
    expect(await frontDoorProblem(url, issued.ca)).to.equal(`${url}/health answers 503`);
  });

  it("[C6] is a problem with a certificate that no trusted CA signed", async () => {
    status = 200;
    expect(await frontDoorProblem(url)).to.match(/\/health: unable to verify|unable to get|self-signed/);
  });
});
