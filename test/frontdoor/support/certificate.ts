import "reflect-metadata";
import { mkdtempSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

const HOUR = 3_600_000;

/**
 * A key and a certificate of its own making for a host, PEM.
 * @param notAfter when it ends. @default in an hour
 */
export async function selfSigned(
  host: string,
  notAfter = new Date(Date.now() + HOUR),
): Promise<{ key: string; certificate: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${host}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: host }])],
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
    certificate: certificate.toString("pem"),
  };
}

/** Where a site's certificate is mounted. */
export const mountOf = (folder: string): string => join(folder, "mounted");

/** Mounts a certificate as the kubelet does: both files at once. */
export function mountCertificate(folder: string, pair: { key: string; certificate: string }): void {
  const version = mkdtempSync(join(folder, "mounted-"));
  writeFileSync(join(version, "tls.crt"), pair.certificate);
  writeFileSync(join(version, "tls.key"), pair.key, { mode: 0o600 });
  symlinkSync(version, `${mountOf(folder)}.new`);
  renameSync(`${mountOf(folder)}.new`, mountOf(folder));
}
