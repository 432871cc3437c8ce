import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Config } from "./config";

/** Who answered, to show which replica of which version a request reached. */
export interface Identity {
  service: string;
  version: string;
  instance: string;
  requestId: string;
}

export function identityOf(
  config: Pick<Config, "name" | "version" | "instance">,
  request: FastifyRequest,
): Identity {
  return {
    service: config.name,
    version: config.version,
    instance: config.instance,
    requestId: request.id,
  };
}

/** `GET /whoami` */
export function whoamiRoute(app: FastifyInstance, config: Config): void {
  app.get("/whoami", async (request) => identityOf(config, request));
}

/** `GET /<prefix>`: who answers here, and what else it answers. */
export function descriptionRoute(app: FastifyInstance, prefix: string, config: Config): void {
  app.get(prefix, async (request) => ({
    ...identityOf(config, request),
    paths: [
      `${prefix}/whoami`,
      ...(config.databaseUrl ? [`${prefix}/items`] : []),
      ...(config.rabbitmqUrl && !config.databaseUrl ? [`${prefix}/notifications`] : []),
    ],
  }));
}
