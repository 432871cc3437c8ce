import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";

const module = new URL("../../embedded/cluster/control-plane/pki.ts", import.meta.url);
const cache = mkdtempSync(join(tmpdir(), "pki-test-"));
const folder = join(cache, "microservice-platform", "cluster", "pki");

/** In a process of its own, with a cache directory of its own. */
async function ensurePki(): Promise<Record<string, string>> {
  const script = `import { ensurePki } from ${JSON.stringify(module.href)}; await ensurePki();`;
  await execa(process.execPath, ["--import=tsx", "--input-type=module", "--eval", script], {
    env: { XDG_CACHE_HOME: cache },
  });
  return Object.fromEntries(
    readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
}

const certificate = (name: string) => new X509Certificate(readFileSync(join(folder, `${name}.crt`)));

describe("Keys of the embedded cluster", () => {
  let files: Record<string, string>;

  before(async () => {
    files = await ensurePki();
  });
  after(() => rmSync(cache, { recursive: true }));

  it("can be read by their owner only", () => {
    const modes = new Set(Object.keys(files).map((file) => statSync(join(folder, file)).mode & 0o777));
    expect([...modes]).to.deep.equal([0o600]);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
  });

  it("certify the API server under the addresses that pods and the user call", () => {
    const server = certificate("kube-apiserver");
    expect(server.verify(certificate("cluster-ca").publicKey)).to.equal(true);
    expect(server.checkIP("10.244.0.1")).to.equal("10.244.0.1");
    expect(server.checkIP("10.96.0.1")).to.equal("10.96.0.1");
    expect(server.checkHost("kubernetes.default.svc")).to.equal("kubernetes.default.svc");
  });

  it("give kubelet the name that the node authorizer expects", () => {
    expect(certificate("kubelet").subject.split("\n")).to.have.members([
      "CN=system:node:platform",
      "O=system:nodes",
    ]);
  });

  it("do not let a client of the cluster into etcd", () => {
    const client = certificate("kubelet");
    expect(client.verify(certificate("etcd-ca").publicKey)).to.equal(false);
    expect(certificate("etcd-client").verify(certificate("etcd-ca").publicKey)).to.equal(true);
  });

  it("stay as they are", async () => {
    expect(await ensurePki()).to.deep.equal(files);
  });

  it("are made anew below a CA that was lost", async () => {
    rmSync(join(folder, "etcd-ca.crt"));
    const renewed = await ensurePki();
    expect(renewed["etcd-client.crt"]).to.not.equal(files["etcd-client.crt"]);
    expect(renewed["kubelet.crt"]).to.equal(files["kubelet.crt"]);
    expect(certificate("etcd-client").verify(certificate("etcd-ca").publicKey)).to.equal(true);
  });
});
