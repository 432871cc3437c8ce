import * as tls from "@pulumi/tls";
import sdk from "@pulumi/tls/package.json" with { type: "json" };
import { expect } from "chai";
import { TemporaryStack } from "./temporary-stack";

/** A CA and a server's certificate that it signed, as the platform makes them. */
function program(dnsName: string, earlyRenewalHours = 1) {
  return async () => {
    const caKey = new tls.PrivateKey("ca", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const ca = new tls.SelfSignedCert("ca", {
      privateKeyPem: caKey.privateKeyPem,
      subject: { commonName: "a CA" },
      allowedUses: ["cert_signing"],
      validityPeriodHours: 48,
      earlyRenewalHours,
      isCaCertificate: true,
    });
    const serverKey = new tls.PrivateKey("server", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const request = new tls.CertRequest("server", {
      privateKeyPem: serverKey.privateKeyPem,
      subject: { commonName: dnsName },
      dnsNames: [dnsName],
    });
    const certificate = new tls.LocallySignedCert("server", {
      caCertPem: ca.certPem,
      caPrivateKeyPem: caKey.privateKeyPem,
      certRequestPem: request.certRequestPem,
      allowedUses: ["server_auth"],
      validityPeriodHours: 24,
    });
    return {
      key: serverKey.privateKeyPem,
      pkcs8: serverKey.privateKeyPemPkcs8,
      ca: ca.certPem,
      certificate: certificate.certPem,
      algorithms: [ca.keyAlgorithm, request.keyAlgorithm, certificate.caKeyAlgorithm],
      validityEndTime: ca.validityEndTime,
      readyForRenewal: ca.readyForRenewal,
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

  it("makes nothing in a preview, where one is made of the other", async () => {
    expect(await stack.preview(program("malai.app"))).to.deep.equal({ create: ALL });
    expect(stack.stateText()).to.not.include("tls:index/privateKey:PrivateKey");
  });

  it("makes certificates once and keeps them", async () => {
    const first = await stack.up(program("malai.app"));
    expect(first.key).to.match(/^-----BEGIN EC PRIVATE KEY-----\n/);
    expect(first.certificate).to.match(/^-----BEGIN CERTIFICATE-----\n/);
    expect(first.algorithms).to.deep.equal(["ECDSA", "ECDSA", "ECDSA"]);
    expect(first.readyForRenewal).to.equal(false);
    expect(Date.parse(first.validityEndTime) - Date.now()).to.be.within(47.9 * 3.6e6, 48 * 3.6e6);

    expect(await stack.preview(program("malai.app"))).to.deep.equal({ same: ALL });
    expect(await stack.up(program("malai.app"))).to.deep.equal(first);
  });

  it("keeps private keys out of the state's plain text", async () => {
    const { key, pkcs8, ca } = await stack.up(program("malai.app"));
    const lineOf = (pem: string) => pem.split("\n")[1];
    expect(stack.stateText()).to.include(lineOf(ca));
    for (const secret of [key, pkcs8]) expect(stack.stateText()).to.not.include(lineOf(secret));
    expect(stack.stateText()).to.not.include("PRIVATE KEY");
  });

  it("finds nothing changed at a refresh", async () => {
    expect(await stack.refresh()).to.deep.equal({ same: ALL });
  });

  it("replaces a request for other names, and the certificate that was made of it", async () => {
    expect(await stack.preview(program("malai.dev"))).to.deep.equal({ same: ALL - 2, replace: 2 });
  });

  it("renews a certificate within earlyRenewalHours of its end, and not before", async () => {
    expect(await stack.preview(program("malai.app", 47))).to.deep.equal({ same: ALL });
    const before = await stack.up(program("malai.app", 47));
    expect(await stack.preview(program("malai.app", 47))).to.deep.equal({ same: ALL });
    // The CA's certificate, and what it signed; its key stays.
    expect(await stack.preview(program("malai.app", 49))).to.deep.equal({ same: ALL - 2, replace: 2 });

    const anHourBeforeTheEnd = new Date(Date.now() + 3_600_000).toISOString();
    await stack.editState((text) => text.replaceAll(before.validityEndTime, anHourBeforeTheEnd));
    expect(await stack.refresh()).to.deep.include({ update: 1 });
    const after = await stack.up(program("malai.app", 47));
    expect(after.ca).to.not.equal(before.ca);
    expect(after.readyForRenewal).to.equal(false);
    expect(after.key).to.equal(before.key);
    expect(await stack.preview(program("malai.app", 47))).to.deep.equal({ same: ALL });
  });

  it("refuses what cannot be in the preview, by input", async () => {
    const wrong = async () => {
      new tls.PrivateKey("key", { algorithm: "RSA" });
    };
    const error = await stack.preview(wrong).then(() => "", String);
    expect(error).to.include('must be "ECDSA" (else use a network where Pulumi');
    expect(error).to.include('is required, and must be "P256"');
  });

  it("leaves nothing after a destroy", async () => {
    expect(await stack.destroy()).to.deep.equal({ delete: ALL });
  });
});
