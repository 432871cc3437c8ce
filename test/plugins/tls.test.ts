import { spawnSync } from "node:child_process";
import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  type CertificateOptions,
  createRequest,
  selfSign,
  signRequest,
} from "../../embedded/plugins/tls/certificates";
import { createKey, type KeyInputs, parseKey } from "../../embedded/plugins/tls/keys";
import { nameProblems } from "../../embedded/plugins/tls/names";

const kinds: KeyInputs[] = [
  { algorithm: "RSA", rsaBits: 2048, ecdsaCurve: "P256" },
  ...(["P224", "P256", "P384", "P521"] as const).map((ecdsaCurve) => ({
    algorithm: "ECDSA" as const,
    rsaBits: 2048,
    ecdsaCurve,
  })),
  { algorithm: "ED25519", rsaBits: 2048, ecdsaCurve: "P256" },
];

const titleOf = ({ algorithm, ecdsaCurve }: KeyInputs) =>
  algorithm === "ECDSA" ? `${algorithm} ${ecdsaCurve}` : algorithm;

const authorityOptions = {
  allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
  validityPeriodHours: 24,
  isCaCertificate: true,
  setSubjectKeyId: false,
  setAuthorityKeyId: false,
};

const serverOptions: CertificateOptions = {
  allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
  validityPeriodHours: 24,
  isCaCertificate: false,
  setSubjectKeyId: true,
};

const server = {
  subject: {
    commonName: "malai.app",
    organization: "Café Malai",
    country: "TH",
    streetAddresses: ["a", "b"],
  },
  dnsNames: ["malai.app", "*.malai.app"],
  ipAddresses: ["127.0.0.1", "2001:db8::ff:0:1", "::1"],
  uris: ["spiffe://malai.app/gateway"],
};

describe("tls certificates", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tls-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const kind of kinds) {
    it(`of ${titleOf(kind)} stand openssl's strict check, up to their authority`, async () => {
      const authorityKey = await newKey(kind);
      const authority = selfSign({ subject: { commonName: "an authority" } }, authorityKey, authorityOptions);
      const request = createRequest(server, await newKey(kind));
      const certificate = signRequest(request.pem, authority.pem, authorityKey, serverOptions);

      expect(openssl("req", "-in", file("request.pem", request.pem), "-noout", "-verify")).to.include("OK");
      const paths = [file("authority.pem", authority.pem), file("server.pem", certificate.pem)] as const;
      const check = ["-x509_strict", "-purpose", "sslserver", "-CAfile", paths[0], paths[1]];
      expect(openssl("verify", "-verify_hostname", "www.malai.app", ...check)).to.include("server.pem: OK");
      expect(openssl("verify", "-verify_ip", "2001:db8::ff:0:1", ...check)).to.include("server.pem: OK");
    });
  }

  it("hold what was asked for", async () => {
    const key = await newKey();
    const { pem, serialNumber, validFrom, validTo } = selfSign(server, key, {
      ...authorityOptions,
      ...serverOptions,
    });
    const text = openssl("x509", "-in", file("server.pem", pem), "-noout", "-text");
    expect(text).to.match(/Key Usage: critical\s+Digital Signature, Key Encipherment\n/);
    expect(text).to.match(/Extended Key Usage: ?\s+TLS Web Server Authentication\n/);
    expect(text).to.match(/Basic Constraints: critical\s+CA:FALSE\n/);
    expect(text).to.include(
      "DNS:malai.app, DNS:*.malai.app, IP Address:127.0.0.1, IP Address:2001:DB8:0:0:0:FF:0:1, " +
        "IP Address:0:0:0:0:0:0:0:1, URI:spiffe://malai.app/gateway",
    );
    const certificate = new X509Certificate(pem);
    expect(certificate.subject).to.equal("C=TH\nO=Café Malai\nstreet=a\nstreet=b\nCN=malai.app");
    expect(BigInt(`0x${certificate.serialNumber}`)).to.equal(serialNumber);
    expect(new Date(certificate.validFrom)).to.deep.equal(validFrom);
    expect(new Date(certificate.validTo)).to.deep.equal(validTo);
    expect(validTo.getTime() - validFrom.getTime()).to.equal(24 * 3_600_000);
  });

  it("limit how many authorities may follow, zero included", async () => {
    const subject = { subject: { commonName: "an authority" } };
    for (const maxPathLength of [0, 200]) {
      const { pem } = selfSign(subject, await newKey(), { ...authorityOptions, maxPathLength });
      const text = openssl("x509", "-in", file("authority.pem", pem), "-noout", "-text");
      expect(text).to.include(`CA:TRUE, pathlen:${maxPathLength}\n`);
    }
  });

  it("reach beyond 2050, where their time has another form", async () => {
    const { pem } = selfSign(server, await newKey(), { ...authorityOptions, validityPeriodHours: 50 * 8766 });
    expect(new Date(new X509Certificate(pem).validTo).getUTCFullYear()).to.be.above(2070);
  });

  it("without a subject mark their names as critical", async () => {
    const { pem } = selfSign({ dnsNames: ["malai.app"] }, await newKey(), {
      ...authorityOptions,
      ...serverOptions,
    });
    const text = openssl("x509", "-in", file("server.pem", pem), "-noout", "-text");
    expect(text).to.match(/Subject Alternative Name: critical\s+DNS:malai.app\n/);
  });

  it("are not signed with a key that is not the authority's", async () => {
    const authority = selfSign({ subject: { commonName: "a" } }, await newKey(), authorityOptions);
    const request = createRequest(server, await newKey());
    const other = await newKey();
    expect(() => signRequest(request.pem, authority.pem, other, serverOptions)).to.throw(
      "caPrivateKeyPem is not the key of caCertPem",
    );
    expect(() => signRequest(authority.pem, authority.pem, other, serverOptions)).to.throw();
  });

  it("are refused for names that cannot be", () => {
    const names = {
      subject: { comonName: "x" },
      dnsNames: ["ä.de"],
      ipAddresses: ["1.2.3"],
      uris: ["no uri"],
    };
    expect(nameProblems(names as never).map(({ property }) => property)).to.deep.equal([
      "subject.comonName",
      "dnsNames[0]",
      "ipAddresses[0]",
      "uris[0]",
    ]);
  });

  function file(name: string, content: string): string {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }
});

describe("tls private keys", () => {
  for (const kind of kinds) {
    it(`of ${titleOf(kind)} are one key in every form`, async () => {
      const { id, outputs } = await createKey(kind);
      const forms = outputs as Record<string, string>;
      const spki = createPublicKey(forms.publicKeyPem ?? "").export({ type: "spki", format: "der" });
      for (const form of ["privateKeyPem", "privateKeyPemPkcs8"]) {
        const { key, algorithm } = parseKey(forms[form] ?? "");
        expect(algorithm).to.equal(kind.algorithm);
        expect(createPublicKey(key).export({ type: "spki", format: "der" }).equals(spki)).to.equal(true);
      }
      expect(id).to.equal(createHash("sha1").update(spki).digest("hex"));
    });
  }

  it("begin as the official provider's do", async () => {
    const beginnings = await Promise.all(
      kinds.map(async (kind) => String((await createKey(kind)).outputs.privateKeyPem).split("\n")[0]),
    );
    expect([...new Set(beginnings)]).to.deep.equal([
      "-----BEGIN RSA PRIVATE KEY-----",
      "-----BEGIN EC PRIVATE KEY-----",
      "-----BEGIN PRIVATE KEY-----",
    ]);
  });

  for (const kind of kinds.filter(({ ecdsaCurve }) => ecdsaCurve !== "P224")) {
    it(`of ${titleOf(kind)} are known to OpenSSH`, async () => {
      const forms = (await createKey(kind)).outputs as Record<string, string>;
      const folder = mkdtempSync(join(tmpdir(), "ssh-test-"));
      try {
        const path = join(folder, "key");
        writeFileSync(path, forms.privateKeyOpenssh ?? "", { mode: 0o600 });
        expect(run("ssh-keygen", "-y", "-f", path).trim()).to.equal(forms.publicKeyOpenssh?.trim());
        expect(run("ssh-keygen", "-l", "-f", path)).to.include(` ${forms.publicKeyFingerprintSha256} `);
        expect(run("ssh-keygen", "-l", "-E", "md5", "-f", path)).to.include(
          `:${forms.publicKeyFingerprintMd5} `,
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  it("of ECDSA P224 have no OpenSSH form", async () => {
    const { outputs } = await createKey({ algorithm: "ECDSA", rsaBits: 2048, ecdsaCurve: "P224" });
    const { privateKeyOpenssh, publicKeyOpenssh, publicKeyFingerprintSha256 } = outputs;
    expect([privateKeyOpenssh, publicKeyOpenssh, publicKeyFingerprintSha256]).to.deep.equal(["", "", ""]);
  });

  it("are refused when they are none", () => {
    expect(() => parseKey("nonsense")).to.throw("the private key is not in PEM format, or is encrypted");
  });
});

async function newKey(kind: KeyInputs = { algorithm: "ECDSA", rsaBits: 2048, ecdsaCurve: "P256" }) {
  return parseKey(String((await createKey(kind)).outputs.privateKeyPem)).key;
}

/** What a command prints, on either output. */
function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout + stderr;
}

const openssl = run.bind(null, "openssl");
