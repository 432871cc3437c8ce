import { createPublicKey, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import {
  bitString,
  constructed,
  integer,
  NULL,
  oid,
  readAll,
  readChildren,
  sequence,
  set,
  time,
} from "./der";
import {
  ALTERNATIVE_NAME,
  authorityKeyId,
  basicConstraints,
  extension,
  extensionValue,
  keyIdOf,
  SUBJECT_KEY_ID,
  subjectKeyId,
  usageExtensions,
} from "./extensions";
import { alternativeNames, distinguishedName, type SubjectNames } from "./names";
import { fromPem, toPem } from "./pem";

const CERTIFICATE = "CERTIFICATE";
const REQUEST = "CERTIFICATE REQUEST";
const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

/** Inputs that SelfSignedCert and LocallySignedCert share. */
export interface CertificateOptions {
  allowedUses: string[];
  validityPeriodHours: number;
  isCaCertificate: boolean;
  maxPathLength?: number;
  setSubjectKeyId: boolean;
}

/** Whom a certificate is for; everything in DER. */
interface Holder {
  name: Buffer;
  alternativeNames: Buffer | undefined;
  /** Public key with its algorithm (SubjectPublicKeyInfo). */
  spki: Buffer;
}

/** Who signs it. */
interface Issuer {
  name: Buffer;
  key: KeyObject;
  /** Named in the certificate, so that its checker finds the right one of several authorities. */
  keyId: Buffer | undefined;
}

export interface Certificate {
  serialNumber: bigint;
  pem: string;
  validFrom: Date;
  validTo: Date;
}

export function createRequest(names: SubjectNames, key: KeyObject): { pem: string; der: Buffer } {
  const holder = holderOf(names, key);
  const extensions = alternativeNameExtension(holder);
  const attributes = extensions.length
    ? [sequence(oid(EXTENSION_REQUEST), set(sequence(...extensions)))]
    : [];
  const info = sequence(integer(0n), holder.name, holder.spki, constructed(0, ...attributes));
  const der = signed(info, key);
  return { pem: toPem(REQUEST, der), der };
}

export function selfSign(
  names: SubjectNames,
  key: KeyObject,
  options: CertificateOptions & { setAuthorityKeyId: boolean },
): Certificate {
  const holder = holderOf(names, key);
  const keyId = options.setAuthorityKeyId ? keyIdOf(holder.spki) : undefined;
  return issue(holder, { name: holder.name, key, keyId }, options);
}

/** @throws when the key is not the authority's, or something is not what its name says */
export function signRequest(
  requestPem: string,
  authorityPem: string,
  key: KeyObject,
  options: CertificateOptions,
): Certificate {
  const authority = new X509Certificate(fromPem(CERTIFICATE, authorityPem));
  if (!authority.checkPrivateKey(key)) throw new Error("caPrivateKeyPem is not the key of caCertPem");
  const { subject, extensions } = readCertificate(authority.raw);
  const keyId = extensions && extensionValue(extensions, SUBJECT_KEY_ID);
  return issue(
    readRequest(fromPem(REQUEST, requestPem)),
    { name: subject, key, keyId: keyId && readAll(keyId)[0]?.content },
    options,
  );
}

function issue(holder: Holder, issuer: Issuer, options: CertificateOptions): Certificate {
  const serialNumber = BigInt(`0x${randomBytes(16).toString("hex")}`);
  // Certificates know no fractions of a second.
  const validFrom = new Date(Math.floor(Date.now() / 1000) * 1000);
  const validTo = new Date(validFrom.getTime() + options.validityPeriodHours * 3_600_000);
  const { isCaCertificate, maxPathLength } = options;
  const extensions = [
    ...usageExtensions(options.allowedUses),
    basicConstraints(isCaCertificate, maxPathLength),
    ...(isCaCertificate || options.setSubjectKeyId ? [subjectKeyId(keyIdOf(holder.spki))] : []),
    ...(issuer.keyId ? [authorityKeyId(issuer.keyId)] : []),
    ...alternativeNameExtension(holder),
  ];
  const content = sequence(
    constructed(0, integer(2n)),
    integer(serialNumber),
    signatureOf(issuer.key).algorithm,
    issuer.name,
    sequence(time(validFrom), time(validTo)),
    holder.name,
    holder.spki,
    constructed(3, sequence(...extensions)),
  );
  return { serialNumber, pem: toPem(CERTIFICATE, signed(content, issuer.key)), validFrom, validTo };
}

function holderOf(names: SubjectNames, key: KeyObject): Holder {
  return {
    name: distinguishedName(names.subject),
    alternativeNames: alternativeNames(names),
    spki: createPublicKey(key).export({ type: "spki", format: "der" }),
  };
}

/** Without a subject the alternative names are all there is to know, and so critical (RFC 5280, 4.2.1.6). */
function alternativeNameExtension(holder: Holder): Buffer[] {
  if (!holder.alternativeNames) return [];
  const critical = readChildren(holder.name).length === 0;
  return [extension(ALTERNATIVE_NAME, holder.alternativeNames, critical)];
}

/** Something with its signature, as certificates and requests are built. */
function signed(content: Buffer, key: KeyObject): Buffer {
  const { algorithm, hash } = signatureOf(key);
  return sequence(content, algorithm, bitString(sign(hash, content, key)));
}

/** The signature that suits a key: as strong as the key is. Ed25519 hashes by itself. */
function signatureOf(key: KeyObject): { algorithm: Buffer; hash: string | null } {
  if (key.asymmetricKeyType === "ed25519") return { algorithm: sequence(oid("1.3.101.112")), hash: null };
  if (key.asymmetricKeyType === "rsa") {
    return { algorithm: sequence(oid("1.2.840.113549.1.1.11"), NULL), hash: "sha256" };
  }
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case "secp384r1":
      return { algorithm: sequence(oid("1.2.840.10045.4.3.3")), hash: "sha384" };
    case "secp521r1":
      return { algorithm: sequence(oid("1.2.840.10045.4.3.4")), hash: "sha512" };
    default:
      return { algorithm: sequence(oid("1.2.840.10045.4.3.2")), hash: "sha256" };
  }
}

function readCertificate(der: Buffer): { subject: Buffer; extensions: Buffer | undefined } {
  const [content] = readChildren(der);
  const fields = readChildren(content?.raw ?? der);
  // The version in front is left out of certificates of version 1.
  const subject = fields[fields[0]?.tag === 0xa0 ? 5 : 4];
  if (!subject) throw new Error("the certificate has no subject");
  return { subject: subject.raw, extensions: fields.find((field) => field.tag === 0xa3)?.content };
}

function readRequest(der: Buffer): Holder {
  const [info] = readChildren(der);
  const [, name, spki, attributes] = readChildren(info?.raw ?? der);
  if (!name || !spki) throw new Error("the certificate request has no subject or no key");
  const wanted = oid(EXTENSION_REQUEST);
  const extensions = readAll(attributes?.content ?? Buffer.alloc(0))
    .map(({ raw }) => readChildren(raw))
    .find(([id]) => id?.raw.equals(wanted))?.[1]?.content;
  return {
    name: name.raw,
    alternativeNames: extensions && extensionValue(extensions, ALTERNATIVE_NAME),
    spki: spki.raw,
  };
}
