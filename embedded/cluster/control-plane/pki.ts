import { generateKeyPairSync, randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
// @peculiar/x509 expects it to be there.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { writePrivately } from "../files";
import { pkiDir } from "../layout";
import {
  type Authority,
  authorities,
  certificate,
  type Identity,
  type IdentityName,
  identities,
  type PairName,
  privateKey,
  serviceAccountKey,
} from "./identities";

const encryptionKeyFile = join(pkiDir, "encryption.key");

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 365;
const RENEWED_BEFORE_DAYS = 30;

/** Makes whatever is missing, and renews what would end within a month; keeps the rest as it is. */
export async function ensurePki(): Promise<void> {
  mkdirSync(pkiDir, { recursive: true, mode: 0o700 });
  for (const authority of authorities) await ensureAuthority(authority);
  const all = Object.entries(identities) as [IdentityName, Identity][];
  await Promise.all(all.map(([name, identity]) => ensureIdentity(name, identity)));
  ensureServiceAccountKey();
  if (!existsSync(encryptionKeyFile)) writePrivately(encryptionKeyFile, randomBytes(32).toString("base64"));
}

/** The key, in base64, that encrypts Secrets in etcd. */
export function encryptionKey(): string {
  return readFileSync(encryptionKeyFile, "utf8");
}

async function ensureAuthority(authority: Authority): Promise<void> {
  const file = certificate(`${authority}-ca`);
  if (existsSync(file) && endsLater(file)) return;
  const keys = await newKeys();
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [`${authority}-ca`] }],
    keys,
    signingAlgorithm: algorithm,
    ...validFor(AUTHORITY_DAYS),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writePair(`${authority}-ca`, keys, made);
}

async function ensureIdentity(name: IdentityName, identity: Identity): Promise<void> {
  const signer = new x509.X509Certificate(readFileSync(certificate(`${identity.signedBy}-ca`), "utf8"));
  const file = certificate(name);
  if (existsSync(file) && endsLater(file) && signedBy(file, identity.signedBy)) return;
  const keys = await newKeys();
  const { commonName, organization, hosts } = identity;
  const made = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }, ...(organization ? [{ O: [organization] }] : [])],
    issuer: signer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await authorityKey(identity.signedBy),
    signingAlgorithm: algorithm,
    ...validFor(CERTIFICATE_DAYS),
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        hosts ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(signer),
      ...(hosts ? [new x509.SubjectAlternativeNameExtension(hosts.map(generalName))] : []),
    ],
  });
  await writePair(name, keys, made);
}

function ensureServiceAccountKey(): void {
  if (existsSync(serviceAccountKey.public)) return;
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  writePrivately(serviceAccountKey.private, privateKey);
  writePrivately(serviceAccountKey.public, publicKey);
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

async function authorityKey(authority: Authority) {
  const [der] = x509.PemConverter.decode(readFileSync(privateKey(`${authority}-ca`), "utf8"));
  return webcrypto.subtle.importKey("pkcs8", der as ArrayBuffer, algorithm, false, ["sign"]);
}

/** The key first: a certificate on disk means that its key is there too. */
async function writePair(
  name: PairName,
  keys: webcrypto.CryptoKeyPair,
  made: x509.X509Certificate,
): Promise<void> {
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  writePrivately(privateKey(name), x509.PemConverter.encode(key, "PRIVATE KEY"));
  writePrivately(certificate(name), made.toString("pem"));
}

/** From an hour ago, because clocks of virtual machines step back now and then. */
function validFor(days: number) {
  const now = Date.now();
  return { notBefore: new Date(now - DAY / 24), notAfter: new Date(now + days * DAY) };
}

function endsLater(file: string): boolean {
  const { validTo } = new X509Certificate(readFileSync(file));
  return Date.parse(validTo) > Date.now() + RENEWED_BEFORE_DAYS * DAY;
}

function signedBy(file: string, authority: Authority): boolean {
  const signer = new X509Certificate(readFileSync(certificate(`${authority}-ca`)));
  return new X509Certificate(readFileSync(file)).verify(signer.publicKey);
}

function generalName(host: string) {
  return { type: /^[\d.]+$/.test(host) ? ("ip" as const) : ("dns" as const), value: host };
}
