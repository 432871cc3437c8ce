import { z } from "zod";
import type { Resources } from "./container-resources";
import type { ContainerEntry } from "./kinds";
import type { SchemaOf } from "./schema-of";
import { quantity } from "./settings/field-types";

/** Without root rights a container cannot listen on a port below. */
const FIRST_PORT = 1024;
const RANGE = `a container without root rights listens on ${FIRST_PORT} to 65535`;
export const containerPort = z.int().min(FIRST_PORT, RANGE).max(65_535, RANGE);

/** A program and its arguments. */
export const program = z
  .array(z.string())
  .refine(
    ([name]) => Boolean(name),
    'names no program: write it and its arguments, ["python", "-m", "report"]',
  );

/** The reference of an image, as the container runtimes take it: registry, path, tag and digest. */
export const imageReference = z
  .string()
  .regex(
    /^(?:[\w.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    "is not a reference of an image such as ghcr.io/shop/web:2.1.0",
  );

/** What a container is promised and may take. */
export const containerResources = z.strictObject({
  requests: z.strictObject({ cpu: quantity, memory: quantity }),
  limits: z.strictObject({ cpu: quantity, memory: quantity }),
} satisfies SchemaOf<Resources>);

/** Seconds, of which there is at least one. */
export const seconds = z.int().min(1);

/** What entries of every kind say of their container. */
export const container = {
  image: imageReference.optional(),
  command: program.optional(),
  args: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string().nullable()).optional(),
} satisfies SchemaOf<ContainerEntry>;
