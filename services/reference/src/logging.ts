import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type FastifyReply, type FastifyRequest, type FastifyServerOptions, LogController } from "fastify";
import type { Config } from "./config";

/** What is asked every few seconds whether or not there are users. */
const PROBED = /^\/(health|metrics)(\/|$)/;
/** Ids from outside are taken over only when they are harmless in a header and in a log. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

export function isProbe(request: FastifyRequest): boolean {
  return PROBED.test(request.routeOptions.url ?? "");
}

/** One line for each finished request, with its outcome; none for probes. */
class RequestLog extends LogController {
  override incomingRequest(): void {}
  override routeNotFound(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    if (isProbe(request)) return;
    const level = error || reply.statusCode >= 500 ? "error" : "info";
    reply.log[level](
      {
        method: request.method,
        // Without the query: what clients put there is not ours to keep.
        path: request.url.replace(/\?.*$/s, ""),
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
        err: error ?? undefined,
      },
      "request completed",
    );
  }
}

/** JSON lines on standard output, each with the service, the replica and, where there is one, the request id. */
export function loggingOptions(
  config: Config,
): Pick<FastifyServerOptions, "logger" | "logController" | "genReqId"> {
  return {
    logger: {
      level: config.logLevel,
      base: { service: config.name, version: config.version, instance: config.instance },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    logController: new RequestLog({ requestIdLogLabel: "requestId" }),
    genReqId: (request) => requestIdOf(request as IncomingMessage),
  };
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
}
