import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { frontDoorProblem } from "../../embedded/health";
import { certificateProblem } from "../../operations/server-certificate";
import { type Issued, issueFor } from "../services/certificates";

describe("A certificate of the team's own", () => {
  let issued: Issued;
  let server: Server;
  let url: string;

  before(async () => {
    issued = await issueFor("shop.example.com");
    const { key, certificate: cert } = issued;
    server = createServer({ key, cert }, (_, response) => response.writeHead(200).end());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `https://shop.example.com:${(server.address() as AddressInfo).port}`;
  });
  after(() => server?.close());

  it("[R51] is trusted by make up by its CA, and by itself where its Secret has none", async () => {
    for (const certificate of [`${issued.ca}\n${issued.certificate}`, issued.certificate]) {
      expect(await frontDoorProblem({ url, certificate })).to.equal(undefined);
    }
    expect(await frontDoorProblem({ url })).to.match(/unable to verify|unable to get|self-signed/);
  });

  it("[R51] is refused at once where no client can accept it", () => {
    const { certificate: chain } = issued;
    expect(certificateProblem({ chain }, "shop.example.com")).to.equal(undefined);
    expect(certificateProblem({ chain }, "malai.localhost")).to.equal(
      "is for DNS:shop.example.com, not for malai.localhost",
    );
    expect(certificateProblem({ chain }, "shop.example.com", new Date("2100-01-01"))).to.match(
      /^has expired: /,
    );
    expect(certificateProblem({ chain }, "shop.example.com", new Date("2000-01-01"))).to.match(
      /^is only valid /,
    );
    expect(certificateProblem({ chain: "none" }, "shop.example.com")).to.match(/^cannot be read: /);
  });
});
