import * as tls from "@pulumi/tls";
import sdk from "@pulumi/tls/package.json" with { type: "json" };
import { expect } from "chai";
import { TemporaryStack } from "./temporary-stack";

/** An authority and a server's certificate that it signed. */
function program(dnsName: string, earlyRenewalHours = 1) {
  return async () => {
    const authorityKey = new tls.PrivateKey("authority", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const authority = new tls.SelfSignedCert("authority", {
      privateKeyPem: authorityKey.privateKeyPem,
      subject: { commonName: "an authority" },
      allowedUses: ["cert_signing"],
      validityPeriodHours: 48,
      earlyRenewalHours,
      isCaCertificate: true,
    });
    const serverKey = new tls.PrivateKey("server", { algorithm: "ED25519" });
    const request = new tls.CertRequest("server", {
      privateKeyPem: serverKey.privateKeyPem,
      dnsNames: [dnsName],
    });
    const certificate = new tls.LocallySignedCert("server", {
      caCertPem: authority.certPem,
      caPrivateKeyPem: authorityKey.privateKeyPem,
      certRequestPem: request.certRequestPem,
      allowedUses: ["server_auth"],
      validityPeriodHours: 24,
    });
    return {
      key: serverKey.privateKeyPemPkcs8,
      openssh: serverKey.privateKeyOpenssh,
      authority: authority.certPem,
      certificate: certificate.certPem,
      algorithms: [authority.keyAlgorithm, request.keyAlgorithm, certificate.caKeyAlgorithm],
      validityEndTime: authority.validityEndTime,
      readyForRenewal: authority.readyForRenewal,
    };
  };
}

/** Resources of the program: five and the stack. */
const ALL = 6;

describe("tls plugin in a stack", function () {
  this.timeout(120_000);
  let stack: TemporaryStack;

  before(async () => {
    stack = await TemporaryStack.create({ name: "tls", version: sdk.version });
  });
  after(() => stack?.remove());

  it("makes certificates once and keeps them", async () => {
    const first = await stack.up(program("malai.app"));
    expect(first.key).to.match(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(first.certificate).to.match(/^-----BEGIN CERTIFICATE-----\n/);
    expect(first.algorithms).to.deep.equal(["ECDSA", "ED25519", "ECDSA"]);
    expect(first.readyForRenewal).to.equal(false);
    expect(Date.parse(first.validityEndTime) - Date.now()).to.be.within(47.9 * 3.6e6, 48 * 3.6e6);

    expect(await stack.preview(program("malai.app"))).to.deep.equal({ same: ALL });
    expect(await stack.up(program("malai.app"))).to.deep.equal(first);
  });

  it("keeps private keys out of the state's plain text", async () => {
    const { key, openssh, authority } = await stack.up(program("malai.app"));
    const lineOf = (pem: string) => pem.split("\n")[1];
    expect(stack.stateText()).to.include(lineOf(authority));
    for (const secret of [key, openssh]) expect(stack.stateText()).to.not.include(lineOf(secret));
    expect(stack.stateText()).to.not.include("PRIVATE KEY");
  });

  it("finds nothing changed at a refresh", async () => {
    expect(await stack.refresh()).to.deep.equal({ same: ALL });
  });

  it("replaces a request for other names, and the certificate that was made of it", async () => {
    expect(await stack.preview(program("malai.dev"))).to.deep.equal({ same: ALL - 2, replace: 2 });
  });

  it("renews a certificate within earlyRenewalHours of its end, and not before", async () => {
    const before = await stack.up(program("malai.app", 47));
    expect(await stack.preview(program("malai.app", 47))).to.deep.equal({ same: ALL });
    // The authority's certificate, and what it signed; its key stays.
    expect(await stack.preview(program("malai.app", 49))).to.deep.equal({ same: ALL - 2, replace: 2 });

    const anHourBeforeTheEnd = new Date(Date.now() + 3_600_000).toISOString();
    await stack.editState((text) => text.replaceAll(before.validityEndTime, anHourBeforeTheEnd));
    expect(await stack.refresh()).to.deep.include({ update: 1 });
    const after = await stack.up(program("malai.app", 47));
    expect(after.authority).to.not.equal(before.authority);
    expect(after.readyForRenewal).to.equal(false);
    expect(after.key).to.equal(before.key);
    expect(await stack.preview(program("malai.app", 47))).to.deep.equal({ same: ALL });
  });

  it("refuses what cannot be in the preview, by input", async () => {
    const wrong = async () => {
      const key = new tls.PrivateKey("key", { algorithm: "DSA" });
      new tls.SelfSignedCert("certificate", {
        privateKeyPem: key.privateKeyPem,
        allowedUses: ["serverAuth"],
        validityPeriodHours: 1,
      });
    };
    const error = await stack.preview(wrong).then(() => "", String);
    expect(error).to.include(`is "DSA", must be one of RSA, ECDSA, ED25519`);
  });

  it("leaves nothing after a destroy", async () => {
    expect(await stack.destroy()).to.deep.equal({ delete: ALL });
  });
});
