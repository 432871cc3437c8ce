import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { FastifyInstance } from "fastify";

/**
 * Reads a body to its end before the request is answered, whoever did not want it. Who is still sending does not hear an
 * answer: a proxy in front would find the connection closed under it, and answer with 503. How long that may take is the
 * server's `requestTimeout`.
 */
export function readBodiesToTheEnd(app: FastifyInstance): void {
  app.addHook("onSend", async ({ raw }, reply) => {
    if (raw.complete || raw.destroyed) return;
    raw.resume();
    // A client that is gone gets no answer in any case.
    await finished(raw, { cleanup: true }).catch(() => undefined);
    // Nothing of it is left on the connection, which Fastify would close for that.
    reply.removeHeader("connection");
  });
}

/** The same body for another reader, who may give it up: that of the request itself would take the connection with it. */
export function detached(body: Readable & Pick<IncomingMessage, "complete">): PassThrough {
  const copy = new PassThrough();
  body.pipe(copy);
  body.once("close", () => {
    if (!body.complete) copy.destroy(new Error("the client has gone"));
  });
  return copy;
}
