import { rootCertificates } from "node:tls";

/**
 * The public roots and one CA more, PEM: what a client trusts that takes one file in place of all it has
 * (`SSL_CERT_FILE`). The roots are Mozilla's, as the Node.js that runs this program has them: no image that a pod could
 * copy them from is sure to hold any. About 220 kB, of the 1 MiB that a ConfigMap may have.
 */
export const trustBundle = (certificate: string): string =>
  `${[certificate.trimEnd(), ...rootCertificates].join("\n")}\n`;
