import { createPrivateKey, createPublicKey, type KeyObject, webcrypto } from "node:crypto";
// @peculiar/x509 expects it to be there.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** Of every key here, and of what is signed with it. */
export const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** @throws when it is no PEM of a private key of that algorithm */
export function parseKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  // OpenSSL's name of P-256.
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") throw new Error("the key is not one of P-256");
  return key;
}

/** A private key and its public key, as `@peculiar/x509` takes them. */
export async function importKeys(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const key = parseKey(pem);
  const importKey = (from: KeyObject, usage: webcrypto.KeyUsage) =>
    webcrypto.subtle.importKey("jwk", from.export({ format: "jwk" }), algorithm, true, [usage]);
  return {
    privateKey: await importKey(key, "sign"),
    publicKey: await importKey(createPublicKey(key), "verify"),
  };
}

/** Whom a certificate is for. */
export interface Names {
  subject: { commonName: string; organization?: string };
  dnsNames?: string[];
  ipAddresses?: string[];
}

/** What a certificate is good for, and for how long. */
export interface Terms {
  /** Some of {@link USES}. */
  allowedUses: string[];
  /** From now on. */
  validityPeriodHours: number;
  isCaCertificate: boolean;
  setSubjectKeyId: boolean;
}

const keyUsages = new Map([
  ["digital_signature", x509.KeyUsageFlags.digitalSignature],
  ["cert_signing", x509.KeyUsageFlags.keyCertSign],
  ["crl_signing", x509.KeyUsageFlags.cRLSign],
]);

const extendedKeyUsages = new Map([
  ["server_auth", x509.ExtendedKeyUsage.serverAuth],
  ["client_auth", x509.ExtendedKeyUsage.clientAuth],
]);

/** The uses that there are here, by the names of the official provider. */
export const USES = [...keyUsages.keys(), ...extendedKeyUsages.keys()];

/** Object identifier of the subject alternative names. */
const ALTERNATIVE_NAMES = "2.5.29.17";

const HOUR = 3_600_000;

export function createRequest(names: Names, keys: webcrypto.CryptoKeyPair) {
  return x509.Pkcs10CertificateRequestGenerator.create({
    name: nameOf(names),
    keys,
    signingAlgorithm: algorithm,
    extensions: alternativeNamesOf(names),
  });
}

/** @throws when it is no PEM of a certificate request */
export const parseRequest = (pem: string) => new x509.Pkcs10CertificateRequest(pem);

/** As with the official provider there is no authority key id: it would be the subject's own. */
export function selfSign(names: Names, { publicKey, privateKey }: webcrypto.CryptoKeyPair, terms: Terms) {
  const subject = nameOf(names);
  return issue(terms, alternativeNamesOf(names), {
    subject,
    publicKey,
    issuer: subject,
    signingKey: privateKey,
  });
}

/** The names of request and CA stay as they are, byte by byte: some clients compare them so. */
export function signRequest(
  requestPem: string,
  caPem: string,
  signingKey: webcrypto.CryptoKey,
  terms: Terms,
) {
  const request = parseRequest(requestPem);
  const ca = new x509.X509Certificate(caPem);
  const keyIds = ca.getExtensions(x509.SubjectKeyIdentifierExtension);
  const extensions = [
    ...keyIds.map(({ keyId }) => new x509.AuthorityKeyIdentifierExtension(keyId)),
    ...request.getExtensions(ALTERNATIVE_NAMES),
  ];
  const { subjectName: subject, publicKey } = request;
  return issue(terms, extensions, { subject, publicKey, issuer: ca.subjectName, signingKey });
}

type Parties = Pick<
  x509.X509CertificateCreateWithKeyParams,
  "subject" | "publicKey" | "issuer" | "signingKey"
>;

/** Valid since an hour ago, because clocks differ between machines (the official provider: since now). */
async function issue(terms: Terms, extensions: x509.Extension[], parties: Parties) {
  const now = Date.now();
  const { allowedUses, isCaCertificate } = terms;
  const flags = allowedUses.reduce((all, use) => all | (keyUsages.get(use) ?? 0), 0);
  const extended = allowedUses.flatMap((use) => extendedKeyUsages.get(use) ?? []);
  const hasKeyId = isCaCertificate || terms.setSubjectKeyId;
  return x509.X509CertificateGenerator.create({
    ...parties,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - HOUR),
    notAfter: new Date(now + terms.validityPeriodHours * HOUR),
    extensions: [
      ...(flags ? [new x509.KeyUsagesExtension(flags, true)] : []),
      ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
      new x509.BasicConstraintsExtension(isCaCertificate, undefined, true),
      ...(hasKeyId ? [await x509.SubjectKeyIdentifierExtension.create(parties.publicKey)] : []),
      ...extensions,
    ],
  });
}

/** In UTF8String, so that no character has a meaning of its own. */
function nameOf({ subject: { organization, commonName } }: Names): x509.Name {
  const organizations = organization ? [{ O: [{ utf8String: organization }] }] : [];
  return new x509.Name([...organizations, { CN: [{ utf8String: commonName }] }]);
}

function alternativeNamesOf({ dnsNames = [], ipAddresses = [] }: Names): x509.Extension[] {
  const names = [
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...ipAddresses.map((value) => ({ type: "ip" as const, value })),
  ];
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [];
}
