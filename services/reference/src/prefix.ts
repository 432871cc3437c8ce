/** First parts of paths that mean something of their own: a service of such a name has no prefix. */
const RESERVED = new Set([
  "api",
  "call",
  "health",
  "items",
  "metrics",
  "notifications",
  "v1",
  "whoami",
  "ws",
]);

/**
 * The path under which a front door that sends paths on unchanged reaches a service: `/leads` for `leads-service`.
 * Undefined for what is no `…-service`, and for a name that is a path already.
 */
export function prefixOf(service: string): string | undefined {
  const short = /^(.+)-service$/.exec(service)?.[1];
  return short === undefined || RESERVED.has(short) ? undefined : `/${short}`;
}
