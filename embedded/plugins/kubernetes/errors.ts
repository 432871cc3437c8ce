import { isObject, Secret } from "../protocol/index";

/** The `Status` that the API server answers instead of an object. */
export interface ApiStatus {
  message?: string;
  reason?: string;
  code?: number;
  details?: {
    name?: string;
    kind?: string;
    causes?: { reason?: string; message?: string; field?: string }[];
  };
}

/** The API server refused a request. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    readonly status: ApiStatus,
  ) {
    super(status.message || status.reason || `the API server answered ${code}`);
    this.name = "ApiError";
  }

  get reason(): string | undefined {
    return this.status.reason;
  }
}

/** No answer at all: the cluster is away, or the address is wrong. */
export class UnreachableError extends Error {
  constructor(
    readonly server: string,
    cause: Error,
  ) {
    super(
      `the cluster at ${server} cannot be reached: ${cause.message || (cause as NodeJS.ErrnoException).code}`,
      { cause },
    );
    this.name = "UnreachableError";
  }
}

/** The cluster has no such kind: a custom resource without its definition, or an API that was removed. */
export class NoKindError extends Error {
  constructor(
    readonly apiVersion: string,
    readonly kind: string,
  ) {
    super(
      `the cluster has no kind ${kind} in ${apiVersion}; if a CustomResourceDefinition brings it, create that first (dependsOn)`,
    );
    this.name = "NoKindError";
  }
}

/** One field that another manager owns and the program wants different. */
export interface FieldConflict {
  manager: string;
  field: string;
}

/** What a server-side apply would take away from others; empty for any other error. */
export function fieldConflicts(error: unknown): FieldConflict[] {
  if (!(error instanceof ApiError) || error.code !== 409) return [];
  return (error.status.details?.causes ?? [])
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ message = "", field = "" }) => ({
      manager: /conflict with "([^"]+)"/.exec(message)?.[1] ?? message,
      field,
    }));
}

export function conflictMessage(conflicts: FieldConflict[]): string {
  const lines = conflicts.map(({ manager, field }) => `  ${field} is managed by "${manager}"`);
  return [
    "another field manager owns what the program wants to set:",
    ...lines,
    'leave the field out of the program, let the other manager give it up, or take it over with the annotation pulumi.com/patchForce: "true"',
  ].join("\n");
}

export function isNotFound(error: unknown): boolean {
  return error instanceof NoKindError || (error instanceof ApiError && error.code === 404);
}

export function isAlreadyThere(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "AlreadyExists";
}

/** Something the object stands on is not there yet: its namespace, its kind, or its service account. */
export function isMissingGround(error: unknown): boolean {
  return (
    isNotFound(error) || (error instanceof ApiError && /serviceaccount "[^"]*" not found/.test(error.message))
  );
}

/** Shorter strings are in every message by chance; taking them out would only make it unreadable. */
const SHORTEST_SECRET = 4;

/**
 * The message without any secret of these inputs: the API server likes to quote the value that it refuses. Secrets are looked for
 * as they are and in base64.
 */
export function withoutSecrets(message: string, inputs: unknown): string {
  const secrets = new Set<string>();
  collect(inputs, false);
  return [...secrets]
    .sort((one, other) => other.length - one.length)
    .reduce((text, secret) => text.replaceAll(secret, "[secret]"), message);

  function collect(value: unknown, inSecret: boolean): void {
    if (value instanceof Secret) collect(value.value, true);
    else if (Array.isArray(value)) for (const item of value) collect(item, inSecret);
    else if (isObject(value)) for (const item of Object.values(value)) collect(item, inSecret);
    else if (inSecret && (typeof value === "string" || typeof value === "number")) remember(String(value));
  }

  function remember(text: string): void {
    const forms = [text, Buffer.from(text).toString("base64"), Buffer.from(text, "base64").toString()];
    for (const form of forms) if (form.length >= SHORTEST_SECRET) secrets.add(form);
  }
}
