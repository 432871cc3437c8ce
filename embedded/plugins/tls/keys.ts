import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Made } from "../logical";
import { opensshPrivateKey, opensshPublicKey } from "./openssh";

export const ALGORITHMS = ["RSA", "ECDSA", "ED25519"] as const;
export const CURVES = ["P224", "P256", "P384", "P521"] as const;

type Algorithm = (typeof ALGORITHMS)[number];
type Curve = (typeof CURVES)[number];

export interface KeyInputs {
  algorithm: Algorithm;
  rsaBits: number;
  ecdsaCurve: Curve;
}

const generate = promisify(generateKeyPair);

/** Names of the curves in node:crypto. */
const namedCurves: Record<Curve, string> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

export async function createKey({ algorithm, rsaBits, ecdsaCurve }: KeyInputs): Promise<Made> {
  const generators: Record<Algorithm, () => Promise<{ privateKey: KeyObject }>> = {
    RSA: () => generate("rsa", { modulusLength: rsaBits }),
    ECDSA: () => generate("ec", { namedCurve: namedCurves[ecdsaCurve] }),
    ED25519: () => generate("ed25519"),
  };
  return describeKey((await generators[algorithm]()).privateKey);
}

/** Every form of a key that the resource gives. P-224 has none in OpenSSH; its fields are empty. */
function describeKey(key: KeyObject): Made {
  const publicKey = createPublicKey(key);
  const spki = publicKey.export({ type: "spki", format: "der" });
  const wire = opensshPublicKey(publicKey);
  const fingerprint = (hash: string) =>
    createHash(hash)
      .update(wire?.blob ?? "")
      .digest();
  return {
    id: createHash("sha1").update(spki).digest("hex"),
    outputs: {
      privateKeyPem: key.export({ type: pemTypes[algorithmOf(key)], format: "pem" }),
      privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }),
      privateKeyOpenssh: wire ? opensshPrivateKey(key, wire) : "",
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
      publicKeyOpenssh: wire ? `${wire.type} ${wire.blob.toString("base64")}\n` : "",
      publicKeyFingerprintMd5: wire ? (fingerprint("md5").toString("hex").match(/../g) ?? []).join(":") : "",
      publicKeyFingerprintSha256: wire
        ? `SHA256:${fingerprint("sha256").toString("base64").replace(/=+$/, "")}`
        : "",
    },
  };
}

const pemTypes = { RSA: "pkcs1", ECDSA: "sec1", ED25519: "pkcs8" } as const;

/** @throws when it is no private key in PEM format, or one of another algorithm */
export function parseKey(pem: string): { key: KeyObject; algorithm: Algorithm } {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    // OpenSSL's own message names its decoders, which helps nobody.
    throw new Error("the private key is not in PEM format, or is encrypted", { cause: error });
  }
  return { key, algorithm: algorithmOf(key) };
}

function algorithmOf(key: KeyObject): Algorithm {
  const algorithms: Partial<Record<string, Algorithm>> = { rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" };
  const algorithm = algorithms[key.asymmetricKeyType ?? ""];
  if (!algorithm)
    throw new Error(`a key of type ${key.asymmetricKeyType} is none of ${ALGORITHMS.join(", ")}`);
  return algorithm;
}
