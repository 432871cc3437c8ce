import { type KeyObject, randomBytes } from "node:crypto";
import { toPem } from "./pem";

/** A public key as SSH sends it. */
export interface WireKey {
  /** Such as `ssh-ed25519`. */
  type: string;
  blob: Buffer;
}

/** Names in SSH for the curves of a JWK; P-224 has none. */
const curveNames: Partial<Record<string, string>> = {
  "P-256": "nistp256",
  "P-384": "nistp384",
  "P-521": "nistp521",
};

/** Undefined for the curve P-224, which SSH does not know. */
export function opensshPublicKey(key: KeyObject): WireKey | undefined {
  switch (key.asymmetricKeyType) {
    case "rsa": {
      const jwk = key.export({ format: "jwk" });
      return wire("ssh-rsa", number(jwk.e), number(jwk.n));
    }
    case "ed25519":
      return wire("ssh-ed25519", text(bytesOf(key.export({ format: "jwk" }).x)));
    default: {
      // JWK has no P-224 either, and the export would fail.
      if (key.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
      const { crv, x, y } = key.export({ format: "jwk" });
      const curve = curveNames[crv ?? ""] ?? "";
      return wire(`ecdsa-sha2-${curve}`, text(curve), text(point(x, y)));
    }
  }
}

/** The unencrypted `OPENSSH PRIVATE KEY` format (PROTOCOL.key of OpenSSH). */
export function opensshPrivateKey(key: KeyObject, { type, blob }: WireKey): string {
  const check = randomBytes(4);
  const comment = text("");
  const secret = Buffer.concat([check, check, text(type), privateParts(key), comment]);
  // Blocks of 8 bytes, filled up with 1, 2, 3…
  const padding = Uint8Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1);
  return toPem(
    "OPENSSH PRIVATE KEY",
    Buffer.concat([
      Buffer.from("openssh-key-v1\0"),
      text("none"),
      text("none"),
      text(""),
      Buffer.from([0, 0, 0, 1]),
      text(blob),
      text(Buffer.concat([secret, padding])),
    ]),
  );
}

function privateParts(key: KeyObject): Buffer {
  const jwk = key.export({ format: "jwk" });
  switch (jwk.kty) {
    case "RSA":
      return Buffer.concat([jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(number));
    case "OKP":
      return Buffer.concat([text(bytesOf(jwk.x)), text(Buffer.concat([bytesOf(jwk.d), bytesOf(jwk.x)]))]);
    default:
      return Buffer.concat([text(curveNames[jwk.crv ?? ""] ?? ""), text(point(jwk.x, jwk.y)), number(jwk.d)]);
  }
}

function wire(type: string, ...parts: Buffer[]): WireKey {
  return { type, blob: Buffer.concat([text(type), ...parts]) };
}

/** Bytes behind their length. */
function text(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive number: no zeros in front but the one that keeps the sign bit clear. */
function number(base64url: string | undefined): Buffer {
  const bytes = bytesOf(base64url);
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = bytes.subarray(Math.max(start, 0));
  return text((short[0] ?? 0) & 0x80 ? Buffer.concat([Uint8Array.of(0), short]) : short);
}

/** A point of a curve, uncompressed. */
function point(x: string | undefined, y: string | undefined): Buffer {
  return Buffer.concat([Uint8Array.of(4), bytesOf(x), bytesOf(y)]);
}

function bytesOf(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}
