import { generateKeyPairSync, KeyObject, randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import type { X509Certificate as SignedCertificate } from "@peculiar/x509";
import { algorithm, createRequest, importKeys, selfSign, signRequest } from "../../certificates";
import { writePrivately } from "../files";
import { pkiDir } from "../layout";
import {
  type CaName,
  caNames,
  certificate,
  type Identity,
  type IdentityName,
  identities,
  type PairName,
  privateKey,
  serviceAccountKey,
} from "./identities";

const encryptionKeyFile = join(pkiDir, "encryption.key");

const DAY = 24 * 60 * 60 * 1000;
const CA_DAYS = 3650;
const CERTIFICATE_DAYS = 365;
const RENEWED_BEFORE_DAYS = 30;

/** Makes whatever is missing, and renews what would end within a month; keeps the rest as it is. */
export async function ensurePki(): Promise<void> {
  mkdirSync(pkiDir, { recursive: true, mode: 0o700 });
  for (const name of caNames) await ensureCa(name);
  const all = Object.entries(identities) as [IdentityName, Identity][];
  await Promise.all(all.map(([name, identity]) => ensureIdentity(name, identity)));
  ensureServiceAccountKey();
  if (!existsSync(encryptionKeyFile)) writePrivately(encryptionKeyFile, randomBytes(32).toString("base64"));
}

/** The key, in base64, that encrypts Secrets in etcd. */
export function encryptionKey(): string {
  return readFileSync(encryptionKeyFile, "utf8");
}

async function ensureCa(name: CaName): Promise<void> {
  const file = certificate(`${name}-ca`);
  if (existsSync(file) && endsLater(file)) return;
  const keys = await newKeys();
  const made = await selfSign({ subject: { commonName: `${name}-ca` } }, keys, {
    allowedUses: ["cert_signing", "crl_signing"],
    validityPeriodHours: CA_DAYS * 24,
    isCaCertificate: true,
    setSubjectKeyId: true,
  });
  await writePair(`${name}-ca`, keys, made);
}

async function ensureIdentity(name: IdentityName, identity: Identity): Promise<void> {
  const { signedBy: signer, commonName, organization, hosts } = identity;
  const file = certificate(name);
  if (existsSync(file) && endsLater(file) && signedBy(file, signer)) return;
  const keys = await newKeys();
  const names = {
    subject: { commonName, organization },
    dnsNames: hosts?.filter((host) => isIP(host) === 0),
    ipAddresses: hosts?.filter((host) => isIP(host) > 0),
  };
  const request = await createRequest(names, keys);
  const signerKeys = await importKeys(readFileSync(privateKey(`${signer}-ca`), "utf8"));
  const ca = readFileSync(certificate(`${signer}-ca`), "utf8");
  const made = await signRequest(request.toString("pem"), ca, signerKeys.privateKey, {
    allowedUses: ["digital_signature", hosts ? "server_auth" : "client_auth"],
    validityPeriodHours: CERTIFICATE_DAYS * 24,
    isCaCertificate: false,
    setSubjectKeyId: false,
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

/** The key first: a certificate on disk means that its key is there too. */
async function writePair(
  name: PairName,
  keys: webcrypto.CryptoKeyPair,
  made: SignedCertificate,
): Promise<void> {
  const key = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" });
  writePrivately(privateKey(name), key.toString());
  writePrivately(certificate(name), made.toString("pem"));
}

function endsLater(file: string): boolean {
  const { validTo } = new X509Certificate(readFileSync(file));
  return Date.parse(validTo) > Date.now() + RENEWED_BEFORE_DAYS * DAY;
}

function signedBy(file: string, name: CaName): boolean {
  const signer = new X509Certificate(readFileSync(certificate(`${name}-ca`)));
  return new X509Certificate(readFileSync(file)).verify(signer.publicKey);
}
