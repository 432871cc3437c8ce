/** Text form of a DER encoding (RFC 7468), with a newline at the end as the official provider has it. */
export function toPem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/**
 * The first block of that label.
 * @throws when there is none
 */
export function fromPem(label: string, pem: string): Buffer {
  const block = new RegExp(`-----BEGIN ${label}-----([^-]*)-----END ${label}-----`).exec(pem);
  if (!block?.[1]) throw new Error(`there is no ${label} in PEM format`);
  return Buffer.from(block[1], "base64");
}
