import type { Variable } from "../../model/variables";
import { BUNDLE_FILE, CA_FILE } from "../kube/trust";

/**
 * What tells a client in any language to trust the stores' CA (docs/contract.md). Redis' and RabbitMQ's URLs cannot: go-redis
 * and pika refuse a URL with a parameter that they do not know, and there is none that all clients do.
 * @param usesPostgres whether it has a database
 */
export const trustVariables = (usesPostgres: boolean): Partial<Record<Variable, string>> => ({
  NODE_EXTRA_CA_CERTS: CA_FILE,
  // OpenSSL (Python, Ruby, PHP) and Go trust this file in place of the image's own: hence the public roots in it.
  SSL_CERT_FILE: BUNDLE_FILE,
  // libpq and what behaves like it, where the service makes its connection of parts rather than of the URL.
  ...(usesPostgres && { PGSSLMODE: "verify-full", PGSSLROOTCERT: CA_FILE }),
});
