import { createHash } from "node:crypto";
import { bitString, boolean, integer, octetString, oid, primitive, readChildren, sequence } from "./der";

/** Bits of the key usage extension by the names of `allowedUses`. */
const keyUsages: Record<string, number> = {
  digital_signature: 0,
  content_commitment: 1,
  key_encipherment: 2,
  data_encipherment: 3,
  key_agreement: 4,
  cert_signing: 5,
  crl_signing: 6,
  encipher_only: 7,
  decipher_only: 8,
};

/** Object identifiers of the extended key usage extension by the names of `allowedUses`. */
const extendedKeyUsages: Record<string, string> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
};

/** Every name there is in `allowedUses`. */
export const USES = [...Object.keys(keyUsages), ...Object.keys(extendedKeyUsages)];

export const ALTERNATIVE_NAME = "2.5.29.17";
export const SUBJECT_KEY_ID = "2.5.29.14";
const AUTHORITY_KEY_ID = "2.5.29.35";

/** One extension around its value. A critical one makes those who do not know it refuse the certificate. */
export function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** The extensions for `allowedUses`; none where there is no use of the kind. */
export function usageExtensions(uses: readonly string[]): Buffer[] {
  const bits = uses.flatMap((use) => keyUsages[use] ?? []);
  const ids = uses.flatMap((use) => extendedKeyUsages[use] ?? []);
  return [
    ...(bits.length > 0 ? [extension("2.5.29.15", bitsOf(bits), true)] : []),
    ...(ids.length > 0 ? [extension("2.5.29.37", sequence(...ids.map(oid)))] : []),
  ];
}

/** A bit string with these bits set, and without the zeros behind the last. */
function bitsOf(bits: number[]): Buffer {
  const last = Math.max(...bits);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const bit of bits) {
    const at = Math.floor(bit / 8);
    bytes.writeUInt8(bytes.readUInt8(at) | (0x80 >> (bit % 8)), at);
  }
  return bitString(bytes, 7 - (last % 8));
}

/** Whether it is a certificate authority, and how many more may stand between it and a server. */
export function basicConstraints(isAuthority: boolean, maxPathLength?: number): Buffer {
  const length = maxPathLength === undefined ? [] : [integer(BigInt(maxPathLength))];
  return extension("2.5.29.19", isAuthority ? sequence(boolean(true), ...length) : sequence(), true);
}

/** SHA-1 of the public key, the usual way to name it (RFC 5280, 4.2.1.2). */
export function keyIdOf(spki: Buffer): Buffer {
  const [, key] = readChildren(spki);
  if (!key) throw new Error("the public key has no bits");
  return createHash("sha1").update(key.content.subarray(1)).digest();
}

export const subjectKeyId = (keyId: Buffer) => extension(SUBJECT_KEY_ID, octetString(keyId));
export const authorityKeyId = (keyId: Buffer) => extension(AUTHORITY_KEY_ID, sequence(primitive(0, keyId)));

/** The value of an extension in a list of them; undefined when it is not there. */
export function extensionValue(extensions: Buffer, id: string): Buffer | undefined {
  const wanted = oid(id);
  for (const { raw } of readChildren(extensions)) {
    const parts = readChildren(raw);
    if (parts[0]?.raw.equals(wanted)) return parts.at(-1)?.content;
  }
  return undefined;
}
