import { z } from "zod";
import type { DatabaseUse, Use } from "./catalog";
import { POSTGRES_EXTENSIONS } from "./postgres-extensions";
import type { SchemaOf } from "./schema-of";

/** What is in them, and who may enter, is the server's own business. */
const OF_THE_SERVER = ["postgres", "template0", "template1"];

const database = z.strictObject({
  kind: z.literal("database"),
  // With `_owner` at its end it is a role as well, of 63 letters at most (PostgreSQL's documentation, Identifiers).
  database: z
    .string()
    .regex(/^[A-Za-z_][\w-]{0,56}$/, "is not a name of at most 57 letters, digits, _ and -")
    .refine(
      (name) => !OF_THE_SERVER.includes(name),
      "is a database of the server's own: name it after what is in it",
    ),
  pool: z.int().min(1),
  extensions: z.array(z.enum(POSTGRES_EXTENSIONS)).optional(),
  access: z.literal("read").optional(),
} satisfies SchemaOf<DatabaseUse>);

const otherKinds = [
  z.strictObject({ kind: z.literal("service"), service: z.string() }),
  z.strictObject({ kind: z.literal("cache") }),
  z.strictObject({ kind: z.literal("queue") }),
  z.strictObject({ kind: z.literal("external"), host: z.string(), port: z.int().min(1).max(65_535) }),
  z.strictObject({ kind: z.literal("extra"), extra: z.string(), port: z.int().min(1).max(65_535) }),
] as const;

/** One edge of a service or a job. */
export const use: z.ZodType<Use> = z.discriminatedUnion("kind", [database, ...otherKinds]);

/** One edge of a workload of one's own: a login is made for what the platform makes. */
export const extraUse: z.ZodType<Exclude<Use, DatabaseUse>> = z.discriminatedUnion("kind", [...otherKinds]);
