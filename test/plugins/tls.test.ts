import { spawnSync } from "node:child_process";
import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { expect } from "chai";
import { tlsResources } from "../../embedded/plugins/tls/resources";
import { type Properties, reveal, secret } from "../../embedded/plugins/wire";
import { ResourceUnderTest, secretsOf, UNKNOWN } from "./resource-under-test";

const privateKey = new ResourceUnderTest(tlsResources, "tls:index/privateKey:PrivateKey");
const certRequest = new ResourceUnderTest(tlsResources, "tls:index/certRequest:CertRequest");
const selfSignedCert = new ResourceUnderTest(tlsResources, "tls:index/selfSignedCert:SelfSignedCert");
const locallySignedCert = new ResourceUnderTest(
  tlsResources,
  "tls:index/locallySignedCert:LocallySignedCert",
);

const REMEDY = "use a network where Pulumi's own plugin can be downloaded";
const HOUR = 3_600_000;

type KeyForms = Record<"privateKeyPem" | "privateKeyPemPkcs8" | "publicKeyPem", string>;

const caTerms = {
  allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
  validityPeriodHours: 24,
  isCaCertificate: true,
  setSubjectKeyId: true,
};

const serverNames = {
  subject: { commonName: "malai.app", organization: "Café Malai" },
  dnsNames: ["malai.app", "*.malai.app"],
  ipAddresses: ["127.0.0.1", "2001:db8::ff:0:1"],
};

const serverTerms = { allowedUses: ["digital_signature", "server_auth"], validityPeriodHours: 24 };

describe("tls private keys", () => {
  it("are one key in every form", async () => {
    const { id, outs } = await privateKey.create({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    const forms = reveal(outs) as KeyForms;
    for (const form of [forms.privateKeyPem, forms.privateKeyPemPkcs8]) {
      expect(spkiOf(createPublicKey(form))).to.deep.equal(spkiOf(createPublicKey(forms.publicKeyPem)));
    }
    const spki = spkiOf(createPublicKey(forms.publicKeyPem));
    expect(id).to.equal(createHash("sha1").update(spki).digest("hex"));
    expect(createPrivateKey(forms.privateKeyPem).asymmetricKeyDetails).to.deep.equal({
      namedCurve: "prime256v1",
    });
  });

  it("have the formats of the official provider, and are secret", async () => {
    const { outs } = await privateKey.create({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    expect(secretsOf(outs)).to.deep.equal(["privateKeyPem", "privateKeyPemPkcs8"]);
    const forms = reveal(outs) as KeyForms;
    expect(forms.privateKeyPem).to.match(
      /^-----BEGIN EC PRIVATE KEY-----\n[^-]+-----END EC PRIVATE KEY-----\n$/,
    );
    expect(forms.privateKeyPemPkcs8).to.match(
      /^-----BEGIN PRIVATE KEY-----\n[^-]+-----END PRIVATE KEY-----\n$/,
    );
    expect(forms.publicKeyPem).to.match(/^-----BEGIN PUBLIC KEY-----\n[^-]+-----END PUBLIC KEY-----\n$/);
    expect(outs).to.deep.include({ algorithm: "ECDSA", ecdsaCurve: "P256", rsaBits: 2048 });
  });

  it("are ECDSA P-256 alone", async () => {
    expect(await privateKey.failures({ algorithm: "RSA", rsaBits: 4096 })).to.deep.equal([
      `algorithm: must be "ECDSA" (else ${REMEDY})`,
      `ecdsaCurve: is required, and must be "P256" (else ${REMEDY})`,
      `rsaBits: must be 2048 (else ${REMEDY})`,
    ]);
  });
});

describe("tls certificates", () => {
  let folder: string;
  let caKey: string;
  let ca: Record<string, string>;
  let serverKey: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "tls-test-"));
    caKey = await newKey();
    serverKey = await newKey();
    ca = await selfSignedCert.outputs({ privateKeyPem: caKey, subject: { commonName: "a CA" }, ...caTerms });
  });
  afterEach(() => mock.timers.reset());
  after(() => rmSync(folder, { recursive: true }));

  it("pass openssl's strict check, up to their CA", async () => {
    const { request, certificate } = await signed();
    expect(openssl("req", "-in", file("request.pem", request), "-noout", "-verify")).to.include("OK");
    const paths = [file("ca.pem", ca.certPem), file("server.pem", certificate.certPem)];
    const check = ["-x509_strict", "-purpose", "sslserver", "-CAfile", ...paths];
    expect(openssl("verify", "-verify_hostname", "www.malai.app", ...check)).to.include("server.pem: OK");
    expect(openssl("verify", "-verify_ip", "2001:db8::ff:0:1", ...check)).to.include("server.pem: OK");
    const { publicKey } = new X509Certificate(ca.certPem ?? "");
    expect(new X509Certificate(certificate.certPem ?? "").verify(publicKey)).to.equal(true);
  });

  it("hold what was asked for", async () => {
    const { certificate } = await signed();
    const text = textOf(certificate.certPem);
    expect(text).to.match(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).to.match(/Extended Key Usage: ?\s+TLS Web Server Authentication\n/);
    expect(text).to.match(/Basic Constraints: critical\s+CA:FALSE\n/);
    expect(text).to.include(
      "DNS:malai.app, DNS:*.malai.app, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:FF:0:1\n",
    );
    const { subject, issuer } = new X509Certificate(certificate.certPem ?? "");
    expect(subject).to.equal("O=Café Malai\nCN=malai.app");
    expect(issuer).to.equal("CN=a CA");
    expect(certificate).to.deep.include({
      caKeyAlgorithm: "ECDSA",
      readyForRenewal: false,
      earlyRenewalHours: 0,
      isCaCertificate: false,
      setSubjectKeyId: false,
    });
  });

  it("of a CA may sign, and name their key as what they signed does", async () => {
    const text = textOf(ca.certPem);
    expect(text).to.match(/Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign\n/);
    expect(text).to.match(/Basic Constraints: critical\s+CA:TRUE\n/);
    const bits = spkiOf(createPublicKey(caKey)).subarray(-65);
    const keyId = createHash("sha1").update(bits).digest("hex").toUpperCase().match(/../g)?.join(":");
    expect(text).to.match(new RegExp(`Subject Key Identifier: ?\\s+${keyId}\n`));
    const { certificate } = await signed();
    expect(textOf(certificate.certPem)).to.match(
      new RegExp(`Authority Key Identifier: ?\\s+(keyid:)?${keyId}\n`),
    );
  });

  it("begin an hour ago, for clocks that are late, and end after their time from now", async () => {
    // Certificates know no milliseconds.
    const now = Date.UTC(2026, 0, 1);
    mock.timers.enable({ apis: ["Date"], now });
    const { id, outs } = await selfSignedCert.create({
      privateKeyPem: caKey,
      ...serverNames,
      ...serverTerms,
    });
    const { validFrom, validTo, serialNumber } = new X509Certificate(String(outs.certPem));
    expect(Date.parse(validFrom)).to.equal(now - HOUR);
    expect(Date.parse(validTo) - Date.parse(validFrom)).to.equal(25 * HOUR);
    expect(outs.validityStartTime).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(String(outs.validityStartTime))).to.equal(Date.parse(validFrom));
    expect(Date.parse(String(outs.validityEndTime))).to.equal(Date.parse(validTo));
    expect(id).to.equal(BigInt(`0x${serialNumber}`).toString());
  });

  it("reach beyond 2050, where their time has another form", async () => {
    const validityPeriodHours = 50 * 8766;
    const inputs = { privateKeyPem: caKey, ...serverNames, ...serverTerms, validityPeriodHours };
    const { certPem = "", validityEndTime } = await selfSignedCert.outputs(inputs);
    expect(new Date(new X509Certificate(certPem).validTo).getUTCFullYear()).to.be.above(2070);
    expect(new Date(validityEndTime ?? "").getUTCFullYear()).to.be.above(2070);
  });

  it("take names literally, and the name of a foreign CA byte by byte", async () => {
    const commonName = '#ab "x"\\0a, O=evil+CN=é';
    const request = await certRequest.outputs({ privateKeyPem: serverKey, subject: { commonName } });
    const key = file("foreign.key", caKey);
    const foreign = openssl("req", "-x509", "-new", "-key", key, "-subj", "/O=Foreign/CN=a CA", "-days", "2");
    const { certPem = "" } = await locallySignedCert.outputs({
      certRequestPem: request.certRequestPem,
      caCertPem: foreign,
      caPrivateKeyPem: caKey,
      ...serverTerms,
    });
    const { subject } = new X509Certificate(certPem).toLegacyObject();
    expect(subject).to.deep.include({ CN: commonName });
    const hashOf = (pem: string, what: string) =>
      openssl("x509", "-noout", "-in", file("any.pem", pem), what, "-nameopt", "multiline,show_type");
    expect(hashOf(certPem, "-issuer").replace("issuer", "")).to.equal(
      hashOf(foreign, "-subject").replace("subject", ""),
    );
  });

  it("are refused for inputs that cannot be, all at once", async () => {
    const failures = await selfSignedCert.failures({
      privateKeyPem: "nonsense",
      subject: { commonName: "x", country: "TH" },
      dnsNames: ["ä.de"],
      ipAddresses: ["1.2.3"],
      uris: ["spiffe://malai.app"],
      allowedUses: ["code_signing"],
      validityPeriodHours: 0,
      setAuthorityKeyId: true,
    });
    expect(failures).to.deep.equal([
      "uris: is no input of this plugin, which has subject, dnsNames, ipAddresses, allowedUses, " +
        "validityPeriodHours, earlyRenewalHours, privateKeyPem, isCaCertificate, setSubjectKeyId, " +
        `setAuthorityKeyId; ${REMEDY}`,
      "subject: must have a commonName, and at most an organization besides",
      "dnsNames: must be a list of DNS names in ASCII",
      "ipAddresses: must be a list of IP addresses",
      "allowedUses: must be a list of digital_signature, cert_signing, crl_signing, server_auth, client_auth",
      "validityPeriodHours: must be a whole number from 1 to 876000",
      "privateKeyPem must be the PEM of an ECDSA P-256 private key",
      `setAuthorityKeyId: must be false (else ${REMEDY})`,
    ]);
  });

  it("are not signed with a key that is not the CA's, nor of what is no request", async () => {
    const { request } = await signed();
    const inputs = { caCertPem: ca.certPem, caPrivateKeyPem: secret(serverKey), ...serverTerms };
    expect(await locallySignedCert.failures({ ...inputs, certRequestPem: request })).to.deep.equal([
      "caPrivateKeyPem must be the key of caCertPem",
    ]);
    expect(await locallySignedCert.failures({ ...inputs, certRequestPem: ca.certPem })).to.deep.equal([
      "certRequestPem must be the PEM of a certificate request",
    ]);
    expect(await locallySignedCert.failures({ ...inputs, certRequestPem: UNKNOWN })).to.deep.equal([]);
  });

  it("keep the secrecy of the key that they are made with", async () => {
    const inputs = { privateKeyPem: secret(caKey), ...serverNames, ...serverTerms };
    expect(secretsOf((await selfSignedCert.create(inputs)).outs)).to.deep.equal(["privateKeyPem"]);
    expect(
      secretsOf((await certRequest.create({ privateKeyPem: secret(caKey), ...serverNames })).outs),
    ).to.deep.equal(["privateKeyPem"]);
  });

  it("of the official plugin stay as they are", async () => {
    const inputs = { privateKeyPem: secret(caKey), subject: { commonName: "a CA" }, ...caTerms };
    const official = {
      ...(await selfSignedCert.create(inputs)).outs,
      ...{ dnsNames: null, ipAddresses: [], uris: null, maxPathLength: null, setAuthorityKeyId: null },
      subject: { commonName: "a CA", organization: null, streetAddresses: [] },
      validityEndTime: new Date(Date.now() + 20 * HOUR).toISOString().replace("Z", "+00:00"),
    };
    expect(await selfSignedCert.replacedBy(official, inputs)).to.equal(undefined);
    expect(await selfSignedCert.read(official)).to.deep.equal(official);
  });

  it("are replaced when what they are made of changes, or may change", async () => {
    const { inputs, outs } = await signedWith(0);
    const certRequestPem = (await signed({ ...serverNames, dnsNames: ["malai.dev"] })).request;
    expect(await locallySignedCert.replacedBy(outs, { ...inputs, certRequestPem })).to.deep.equal([
      "certRequestPem",
    ]);
    expect(await locallySignedCert.replacedBy(outs, { ...inputs, caPrivateKeyPem: UNKNOWN })).to.deep.equal([
      "caPrivateKeyPem",
    ]);
  });

  it("are renewed from earlyRenewalHours before their end, which a refresh shows too", async () => {
    const { inputs, outs } = await signedWith(23);
    expect(await locallySignedCert.replacedBy(outs, inputs)).to.equal(undefined);
    expect(await locallySignedCert.read(outs)).to.deep.equal(outs);

    const due = { ...outs, validityEndTime: new Date(Date.now() + 22.9 * HOUR).toISOString() };
    expect(await locallySignedCert.replacedBy(due, inputs)).to.deep.equal(["readyForRenewal"]);
    expect(await locallySignedCert.read(due)).to.deep.equal({ ...due, readyForRenewal: true });
  });

  it("stay when only earlyRenewalHours changes, unless it makes them due", async () => {
    const { inputs, outs } = await signedWith(1);
    expect(await locallySignedCert.replacedBy(outs, { ...inputs, earlyRenewalHours: 2 })).to.equal(undefined);
    expect(await locallySignedCert.replacedBy(outs, { ...inputs, earlyRenewalHours: 25 })).to.deep.equal([
      "readyForRenewal",
    ]);
  });

  async function signed(names: Properties = serverNames) {
    const { certRequestPem: request = "" } = await certRequest.outputs({
      privateKeyPem: serverKey,
      ...names,
    });
    const certificate = await locallySignedCert.outputs({
      certRequestPem: request,
      caCertPem: ca.certPem,
      caPrivateKeyPem: caKey,
      ...serverTerms,
    });
    return { request, certificate };
  }

  async function signedWith(earlyRenewalHours: number) {
    const { request: certRequestPem } = await signed();
    const issuer = { caCertPem: ca.certPem, caPrivateKeyPem: secret(caKey) };
    const inputs = { certRequestPem, ...issuer, ...serverTerms, earlyRenewalHours };
    return { inputs, outs: (await locallySignedCert.create(inputs)).outs };
  }

  function textOf(pem = ""): string {
    return openssl("x509", "-in", file("any.pem", pem), "-noout", "-text");
  }

  function file(name: string, content = ""): string {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }
});

const spkiOf = (key: KeyObject) => key.export({ type: "spki", format: "der" });

async function newKey(): Promise<string> {
  return (await privateKey.outputs({ algorithm: "ECDSA", ecdsaCurve: "P256" })).privateKeyPem ?? "";
}

/** What openssl prints, on either output. */
function openssl(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout + stderr;
}
