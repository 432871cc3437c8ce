import { STATUS_CODES } from "node:http";
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { Config } from "./config";
import { DependencyUnavailable } from "./dependency";
import { isProbe, loggingOptions } from "./logging";
import { readBodiesToTheEnd } from "./request-body";

const RETRY_AFTER_SECONDS = 5;

/** An HTTP server without routes yet: request ids, logs, timeouts, and errors as JSON. */
export function createServer(config: Config): FastifyInstance {
  const app = Fastify({
    ...loggingOptions(config),
    // Milliseconds to receive a whole request.
    requestTimeout: 15_000,
    // Longer than the proxies in front keep theirs (nginx: 60 s), so that they never send into a closing one.
    keepAliveTimeout: 75_000,
    // What still arrives on an open connection during shutdown is served, not refused.
    return503OnClosing: false,
  });

  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  readBodiesToTheEnd(app);
  app.setErrorHandler(answerError);
  return app;
}

/** Clients learn what they did wrong, or when to come back; what we did wrong only the log learns. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const statusCode = error.statusCode ?? 500;
  if (error instanceof DependencyUnavailable) {
    reply.header("retry-after", RETRY_AFTER_SECONDS);
    if (!isProbe(request)) request.log.warn({ err: error }, "a dependency is unavailable");
  } else if (statusCode >= 500) {
    request.log.error({ err: error }, "request failed");
  }
  const message = statusCode === 500 ? "something went wrong; the log knows more" : error.message;
  return reply.code(statusCode).send({ statusCode, error: STATUS_CODES[statusCode], message });
}
