import { connect } from "node:tls";
import { expect } from "chai";
import { execa } from "execa";
import { selfSigned } from "../frontdoor/support/certificate";
import { until } from "../support/until";
import { get, NAMESPACE, runningPods } from "./support/cluster";
import { samplesOf } from "./support/prometheus";
import { environment } from "./support/stack";

const SECRET = "nginx-tls";
const HOST = "malai.localhost";
/** Seconds: a kubelet looks at Secrets once a minute, and some time of its own goes by before it does. */
const RENEWED = 150;

describe("The certificate of the front door", function () {
  this.timeout(600_000);
  let first: any;

  before(async () => {
    first = await get("secret", SECRET);
  });
  after(async () => {
    await replace(first.data);
    await until("the first one is served again", RENEWED, served, (der) => der === derOf(first.data));
  });

  it("[R1] is served anew after its Secret is renewed, by the same pod, and Prometheus knows its end", async () => {
    const [pod] = await runningPods("nginx");
    const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + 20 * 86_400_000);
    const { key, certificate } = await selfSigned(HOST, notAfter);
    const data = { "tls.crt": base64(certificate), "tls.key": base64(key) };

    await replace(data);
    const start = Date.now();
    await until("the new one is served", RENEWED, served, (der) => der === derOf(data));
    console.log(`        served after ${Math.round((Date.now() - start) / 1000)} s`);

    const [same] = await runningPods("nginx");
    expect(same.metadata.uid).to.equal(pod.metadata.uid);
    await until(
      "Prometheus knows its end",
      60,
      () => samplesOf(`nginx_certificate_end_seconds == ${notAfter.getTime() / 1000}`),
      (samples) => samples.length === 1,
    );
  });

  /** By its standard input: a key is no argument. */
  async function replace(data: Record<string, string>): Promise<void> {
    const { metadata, ...rest } = await get("secret", SECRET);
    const { resourceVersion: _, managedFields: __, ...identity } = metadata;
    const input = JSON.stringify({ ...rest, metadata: identity, data });
    await execa("kubectl", ["-n", NAMESPACE, "replace", "--filename=-"], { env: environment, input });
  }
});

/** The certificate that a new connection is shown, DER in base 64. */
function served(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: "127.0.0.1", port: 8443, servername: HOST, rejectUnauthorized: false },
      () => {
        resolve(socket.getPeerCertificate().raw.toString("base64"));
        socket.end();
      },
    ).once("error", reject);
  });
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const derOf = (data: Record<string, string>) =>
  Buffer.from(data["tls.crt"] ?? "", "base64")
    .toString()
    .replace(/-----[A-Z ]+-----|\s/g, "");
