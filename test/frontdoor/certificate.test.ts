import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect } from "chai";
import { mountCertificate, selfSigned } from "./support/certificate";
import { type FrontDoorUnderTest, prepare, removeFolder, type Site } from "./support/nginx";
import { type Replica, startReplicas } from "./support/replicas";
import { answerDns, prepareCommands, startDiscovery } from "./support/running-discovery";
import { tableOf } from "./support/tables";

const table = tableOf("dev");
const { host } = table;

describe("nginx with a certificate that is renewed", () => {
  let site: Site;
  let replicas: Replica[];
  let door: FrontDoorUnderTest;

  beforeEach(async () => {
    replicas = await startReplicas(2);
    site = await prepare(table);
    await prepareCommands(site);
    leadTo(0);
    door = await startDiscovery(table, site, replicas[0]?.port);
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await door?.stop();
    await removeFolder(site.folder);
  });

  it("[R1] nginx serves the new certificate, and no request fails meanwhile", async () => {
    const renewed = await selfSigned(host);
    const statuses: (number | undefined)[] = [];
    mountCertificate(site.folder, renewed);
    await door.until("the new certificate is served", async () => {
      statuses.push((await door.plain("/health")).status);
      return (await servedBy(door)) === pemToDer(renewed.certificate);
    });
    expect(new Set(statuses)).to.deep.equal(new Set([200]));
  });

  it("[R1] a certificate that does not fit its key is refused: the old one is served, and lists still change", async () => {
    const { certificate } = await selfSigned(host);
    const { key } = await selfSigned(host);
    const before = await servedBy(door);
    mountCertificate(site.folder, { certificate, key });
    leadTo(1);
    await door.until("the other pod is asked", async () => (await asked()) === replicas[1]?.host);
    expect(await servedBy(door)).to.equal(before);

    const whole = await selfSigned(host);
    mountCertificate(site.folder, whole);
    await door.until(
      "the next one is served",
      async () => (await servedBy(door)) === pemToDer(whole.certificate),
    );
  });

  it("[R1] the copy that nginx reads is for nginx alone", () => {
    expect(statSync(join(site.layout.tls, "tls.key")).mode & 0o077).to.equal(0);
  });

  for (const end of ["2027-03-04T05:06:07Z", "2053-12-31T23:59:59Z"]) {
    it(`[R1] Prometheus is told when the served certificate ends: ${end}`, async () => {
      const renewed = await selfSigned(host, new Date(end));
      mountCertificate(site.folder, renewed);
      const told = async () => (await fetch(`http://${site.layout.metrics}/metrics`)).text();
      await door.until("the new end is told", async () =>
        (await told()).includes(`\nnginx_certificate_end_seconds ${Date.parse(end) / 1000}\n`),
      );
      expect(await told()).to.contain(readFileSync(site.layout.certificateMetrics, "utf8"));
      expect((await fetch(`http://${site.layout.metrics}/api/`)).status).to.equal(404);
    });
  }

  /** Which pod is asked; a certificate that is not the first one is none of this question. */
  const asked = () => door.replica("/api/");

  function leadTo(index: number): void {
    answerDns(
      site,
      `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tx\nAddress: ${replicas[index]?.host}\n`,
    );
  }
});

/** The certificate that a new connection is shown, DER in base 64. */
function servedBy(door: FrontDoorUnderTest): Promise<string> {
  const [address = "", port] = door.layout.https.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: address, port: Number(port), servername: host, rejectUnauthorized: false },
      () => {
        resolve(socket.getPeerCertificate().raw.toString("base64"));
        socket.end();
      },
    ).once("error", reject);
  });
}

const pemToDer = (pem: string) => pem.replace(/-----[A-Z ]+-----|\s/g, "");
