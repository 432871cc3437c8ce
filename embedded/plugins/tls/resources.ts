import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Pkcs10CertificateRequest, X509Certificate as SignedCertificate } from "@peculiar/x509";
import {
  algorithm,
  createRequest,
  importKeys,
  type Names,
  parseKey,
  parseRequest,
  selfSign,
  signRequest,
  type Terms,
  USES,
} from "../../certificates";
import { boolean, type Field, integer, listOf, only, pemOf } from "../inputs";
import type { Generated, GeneratedResource, GeneratedResources } from "../provider";
import { isObject, type Properties, secret } from "../wire";

const privateKey: GeneratedResource<Record<"algorithm" | "ecdsaCurve" | "rsaBits", unknown>> = {
  fields: {
    // Not by default, because the official provider has other defaults.
    algorithm: { ...only("ECDSA"), default: undefined },
    ecdsaCurve: { ...only("P256"), default: undefined },
    rsaBits: only(2048),
  },
  create() {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: algorithm.namedCurve });
    return {
      id: sha1(publicKey.export({ type: "spki", format: "der" })),
      outputs: {
        privateKeyPem: secret(privateKey.export({ type: "sec1", format: "pem" })),
        privateKeyPemPkcs8: secret(privateKey.export({ type: "pkcs8", format: "pem" })),
        publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
      },
    };
  },
};

const keyPem = pemOf("an ECDSA P-256 private key", parseKey);

const names: Record<keyof Names, Field> = {
  subject: { must: "have a commonName, and at most an organization besides", allows: isSubject },
  dnsNames: { isOptional: true, ...listOf("DNS names in ASCII", (name) => /^[\x21-\x7e]+$/.test(name)) },
  ipAddresses: { isOptional: true, ...listOf("IP addresses", (address) => isIP(address) > 0) },
};

function isSubject(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { commonName, organization = "-", ...rest } = value;
  const isText = (part: unknown) => typeof part === "string" && part !== "";
  return isText(commonName) && isText(organization) && Object.keys(rest).length === 0;
}

const certRequest: GeneratedResource<Names & { privateKeyPem: string }> = {
  fields: { ...names, privateKeyPem: keyPem },
  async create(inputs) {
    const request = await createRequest(inputs, await importKeys(inputs.privateKeyPem));
    return {
      id: sha1(new Uint8Array(request.rawData)),
      outputs: { certRequestPem: pemTextOf(request), keyAlgorithm: algorithm.name },
    };
  },
};

type CertificateInputs = Terms & { earlyRenewalHours: number };

const terms = {
  allowedUses: listOf(USES.join(", "), (use) => USES.includes(use)),
  // A century: the calendar of certificates ends with the year 9999.
  validityPeriodHours: integer(1, 876_000),
  earlyRenewalHours: { default: 0, isForExpiry: true, ...integer(0) },
} as const;

const selfSignedCert: GeneratedResource<
  Names & CertificateInputs & { privateKeyPem: string; setAuthorityKeyId: boolean }
> = {
  fields: {
    ...names,
    ...terms,
    privateKeyPem: keyPem,
    isCaCertificate: { default: false, ...boolean },
    setSubjectKeyId: { default: false, ...boolean },
    setAuthorityKeyId: only(false),
  },
  async create(inputs) {
    const certificate = await selfSign(inputs, await importKeys(inputs.privateKeyPem), inputs);
    return generated(certificate, { keyAlgorithm: algorithm.name });
  },
  isExpired,
};

const locallySignedCert: GeneratedResource<
  CertificateInputs & Record<"certRequestPem" | "caCertPem" | "caPrivateKeyPem", string>
> = {
  fields: {
    ...terms,
    certRequestPem: pemOf("a certificate request", parseRequest),
    caCertPem: pemOf("a certificate", (pem) => new X509Certificate(pem)),
    caPrivateKeyPem: keyPem,
    isCaCertificate: only(false),
    setSubjectKeyId: only(false),
  },
  failures({ caCertPem, caPrivateKeyPem }) {
    if (new X509Certificate(caCertPem).checkPrivateKey(parseKey(caPrivateKeyPem))) return [];
    return [{ property: "", reason: "caPrivateKeyPem must be the key of caCertPem" }];
  },
  async create(inputs) {
    const { privateKey } = await importKeys(inputs.caPrivateKeyPem);
    const certificate = await signRequest(inputs.certRequestPem, inputs.caCertPem, privateKey, inputs);
    return generated(certificate, { caKeyAlgorithm: algorithm.name });
  },
  isExpired,
};

function generated(certificate: SignedCertificate, outputs: Properties): Generated {
  return {
    id: BigInt(`0x${certificate.serialNumber}`).toString(),
    outputs: {
      ...outputs,
      certPem: pemTextOf(certificate),
      readyForRenewal: false,
      validityStartTime: rfc3339(certificate.notBefore),
      validityEndTime: rfc3339(certificate.notAfter),
    },
  };
}

/** From `earlyRenewalHours` before its end. */
function isExpired({ validityEndTime, earlyRenewalHours }: Properties): boolean {
  return Date.now() >= Date.parse(String(validityEndTime)) - Number(earlyRenewalHours) * 3_600_000;
}

/** With a newline at the end, as the official provider has it. */
const pemTextOf = (data: SignedCertificate | Pkcs10CertificateRequest) => `${data.toString("pem")}\n`;

/** To the second, as it is in the certificate. */
const rfc3339 = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");

/** Hexadecimal; of what the official provider makes its ids of. */
const sha1 = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex");

/** What the program uses of `@pulumi/tls`. A key has no OpenSSH form, which nothing reads here. */
export const tlsResources: GeneratedResources = {
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/certRequest:CertRequest": certRequest,
  "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
  "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
};
