import { hostname } from "node:os";

/** What the environment says, checked once at the start. Nothing else reads `process.env`. */
export interface Config {
  /** Name in the catalog, for example `event-service`. From SERVICE_NAME. */
  name: string;
  /** From SERVICE_VERSION. @default "0.0.0" */
  version: string;
  /** Which replica this is: in Kubernetes the pod's name. From HOSTNAME. @default the machine's name */
  instance: string;
  /** From PORT. */
  port: number;
  /** From LOG_LEVEL. @default "info" */
  logLevel: string;
  /** The stores that this service has, each optional. They hold passwords: never log them. */
  databaseUrl?: string;
  redisUrl?: string;
  rabbitmqUrl?: string;
  /** Connections to the database at most. From DATABASE_POOL_SIZE. @default 10 */
  databasePool: number;
  /** Base URLs of the services that this one may call, by name: AUTH_SERVICE_URL is `auth-service`. */
  edges: ReadonlyMap<string, string>;
  /** Seconds to go on serving after SIGTERM, until every proxy has taken this replica out. @default 5 */
  drainSeconds: number;
  /** Seconds from SIGTERM to a forced exit; stay under terminationGracePeriodSeconds. @default 25 */
  graceSeconds: number;
}

/** Everything that is wrong with the environment, in one message. Values are left out: some are secrets. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super([`${count} in the environment:`, ...problems.map((problem) => `  ${problem}`)].join("\n"));
    this.name = "ConfigurationError";
  }
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
const EDGE = /^([A-Z0-9_]+_SERVICE)_URL$/;

/** @throws {ConfigurationError} naming every variable that is missing or wrong */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];

  const config: Config = {
    name: required("SERVICE_NAME"),
    version: optional("SERVICE_VERSION") ?? "0.0.0",
    instance: optional("HOSTNAME") ?? hostname(),
    port: integer("PORT", { from: 1, to: 65_535 }),
    logLevel: oneOf("LOG_LEVEL", LOG_LEVELS, "info"),
    databaseUrl: url("DATABASE_URL", ["postgresql", "postgres"]),
    redisUrl: url("REDIS_URL", ["redis", "rediss"]),
    rabbitmqUrl: url("RABBITMQ_URL", ["amqp", "amqps"]),
    databasePool: integer("DATABASE_POOL_SIZE", { from: 1, to: 1_000, otherwise: 10 }),
    edges: edges(),
    drainSeconds: integer("DRAIN_SECONDS", { from: 0, to: 600, otherwise: 5 }),
    graceSeconds: integer("GRACE_SECONDS", { from: 1, to: 3_600, otherwise: 25 }),
  };
  if (config.drainSeconds >= config.graceSeconds) {
    problems.push("DRAIN_SECONDS must be below GRACE_SECONDS, or requests in flight are cut off");
  }
  // The secrets of business code: this service only makes sure that they have arrived.
  for (const name of listed("REQUIRED_SECRETS")) required(name);

  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;

  function optional(name: string): string | undefined {
    return env[name]?.trim() || undefined;
  }

  function required(name: string): string {
    const value = optional(name);
    if (value === undefined) problems.push(`${name} is not set`);
    return value ?? "";
  }

  function integer(name: string, range: { from: number; to: number; otherwise?: number }): number {
    const value = range.otherwise === undefined ? required(name) : optional(name);
    if (!value) return range.otherwise ?? range.from;
    const number = Number(value);
    if (!Number.isInteger(number) || number < range.from || number > range.to) {
      problems.push(`${name} must be a whole number from ${range.from} to ${range.to}`);
    }
    return number;
  }

  function oneOf(name: string, allowed: readonly string[], otherwise: string): string {
    const value = optional(name) ?? otherwise;
    if (!allowed.includes(value)) problems.push(`${name} must be one of ${allowed.join(", ")}`);
    return value;
  }

  function url(name: string, schemes: readonly string[]): string | undefined {
    const value = optional(name);
    if (value === undefined) return undefined;
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (!parsed?.hostname || !schemes.includes(parsed.protocol.slice(0, -1))) {
      problems.push(`${name} must be a URL that begins with ${schemes.join(":// or ")}://`);
    }
    return value;
  }

  function edges(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const variable of Object.keys(env).sort()) {
      const service = EDGE.exec(variable)?.[1];
      const base = service && url(variable, ["http", "https"]);
      if (base) found.set(service.toLowerCase().replaceAll("_", "-"), base.replace(/\/+$/, ""));
    }
    return found;
  }

  function listed(name: string): string[] {
    return (optional(name) ?? "").split(",").flatMap((entry) => entry.trim() || []);
  }
}
