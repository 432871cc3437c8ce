import { createPrivateKey, createPublicKey, type KeyObject, webcrypto } from "node:crypto";

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
