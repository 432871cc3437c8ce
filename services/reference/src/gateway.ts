import { json } from "node:stream/consumers";
import replyFrom, { type FastifyReplyFromHooks } from "@fastify/reply-from";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "./config";
import { detached } from "./request-body";
import { identityOf } from "./whoami";

const CONNECT_TIMEOUT = 1_000;
const ANSWER_TIMEOUT = 10_000;
const RETRY_DELAY = 50;
const RETRIED_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const LOST_CONNECTION = new Set(["ECONNREFUSED", "ECONNRESET", "UND_ERR_SOCKET", "UND_ERR_CONNECT_TIMEOUT"]);
const TIMEOUTS = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);
/** Headers about one connection rather than the message end here (RFC 9110, 7.6.1). */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "expect"];
const PREFIX = "/api/";

/**
 * `/api/<service>/…` passes a request on to the service's `/…`, under its name with or without
 * `-service`. `/call/<service>` asks it who it is, to show that the way there is open.
 *
 * @param answerTimeout milliseconds for the head of an answer, and again between two pieces of its body
 */
export async function gatewayRoutes(
  app: FastifyInstance,
  config: Pick<Config, "name" | "version" | "instance" | "edges">,
  answerTimeout = ANSWER_TIMEOUT,
): Promise<void> {
  // Bodies go through as they came, whatever their type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, detached(payload)));
  await app.register(replyFrom, {
    undici: {
      connect: { timeout: CONNECT_TIMEOUT },
      headersTimeout: answerTimeout,
      bodyTimeout: answerTimeout,
    },
    disableRequestLogging: true,
    destroyAgent: true,
  });

  app.all<{ Params: { service: string } }>(`${PREFIX}:service`, passOn);
  app.all<{ Params: { service: string } }>(`${PREFIX}:service/*`, passOn);

  app.get<{ Params: { service: string } }>("/call/:service", (request, reply) => {
    const edge = findEdge(request.params.service);
    if (!edge) return unknownService(reply, request.params.service);
    return reply.from(`${edge.url}/whoami`, {
      ...forwarding(edge.name),
      onResponse: (_request, _reply, { stream }) => {
        reply.removeHeader("content-length");
        json(stream).then(
          (callee) => reply.send({ caller: identityOf(config, request), callee }),
          (error) => unreachable(reply, edge.name, error),
        );
      },
    });
  });

  function passOn(request: FastifyRequest<{ Params: { service: string } }>, reply: FastifyReply) {
    const edge = findEdge(request.params.service);
    if (!edge) return unknownService(reply, request.params.service);
    const path = request.url.replace(/\?.*$/s, "");
    const rest = path.indexOf("/", PREFIX.length);
    return reply.from(edge.url + (rest < 0 ? "/" : path.slice(rest)), forwarding(edge.name));
  }

  function findEdge(name: string): { name: string; url: string } | undefined {
    for (const full of [name, `${name}-service`]) {
      const url = config.edges.get(full);
      if (url) return { name: full, url };
    }
    return undefined;
  }

  function unknownService(reply: FastifyReply, name: string) {
    const services = [...config.edges.keys()];
    const message = `${config.name} has no way to "${name}"; it knows ${services.join(", ")}`;
    return reply.code(404).send({ statusCode: 404, error: "Not Found", message, services });
  }
}

/** How every request to another service is sent, and what is answered when that fails. */
function forwarding(service: string): FastifyReplyFromHooks {
  return {
    rewriteRequestHeaders: (request, headers) => ({
      ...withoutHopByHop(headers),
      "x-request-id": request.id,
      "x-forwarded-for": [headers["x-forwarded-for"], request.ip].filter(Boolean).join(", "),
      "x-forwarded-proto": headers["x-forwarded-proto"] ?? request.protocol,
      "x-forwarded-host": headers["x-forwarded-host"] ?? request.host,
    }),
    rewriteHeaders: withoutHopByHop,
    // Once, and only what is safe to send twice. An answer, even a 503, is the service's word.
    retryDelay: ({ err, req, attempt }) =>
      attempt === 0 && RETRIED_METHODS.has(req.method) && LOST_CONNECTION.has(codeOf(err))
        ? RETRY_DELAY
        : null,
    onError: (reply, { error }) => unreachable(reply as FastifyReply, service, error.cause ?? error),
  };
}

function unreachable(reply: FastifyReply, service: string, cause: unknown) {
  const code = codeOf(cause);
  const [statusCode, error] = TIMEOUTS.has(code) ? [504, "Gateway Timeout"] : [502, "Bad Gateway"];
  return reply.code(statusCode).send({ statusCode, error, message: `${service} cannot be reached: ${code}` });
}

function withoutHopByHop<Headers extends Record<string, unknown>>(headers: Headers): Headers {
  const kept = { ...headers };
  for (const name of HOP_BY_HOP) delete kept[name];
  return kept;
}

function codeOf(error: unknown): string {
  return error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? error.name) : "";
}
