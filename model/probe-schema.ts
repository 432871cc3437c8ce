import { z } from "zod";
import { containerPort, program } from "./container-schema";
import type { OwnProbes, Probe, Probes, Question, Timing } from "./probes";
import type { SchemaOf } from "./schema-of";

const timing = z.strictObject({
  initialDelay: z.int().min(0),
  period: z.int().min(1),
  timeout: z.int().min(1),
  failures: z.int().min(1),
} satisfies SchemaOf<Timing>);

const WAYS = ["path", "grpc", "tcp", "exec"] as const;

const question = {
  path: z
    .string()
    .regex(/^\/\S*$/, "is not a path such as /health")
    .optional(),
  grpc: z.string().optional(),
  tcp: z.literal(true).optional(),
  exec: program.optional(),
  port: containerPort.optional(),
} satisfies Record<keyof Required<Question>, z.ZodType>;

type Asked = Partial<Record<keyof typeof question, unknown>>;
const asksOnce = (asked: Asked) => WAYS.filter((way) => asked[way] !== undefined).length === 1;
const ASKS_ONCE = `asks in exactly one way: ${WAYS.join(", ")}`;

/** Times that are left out are those of the platform. */
const own = timing.partial().extend(question).refine(asksOnce, ASKS_ONCE) as unknown as z.ZodType<
  OwnProbes["liveness"]
>;
const probe = timing.extend(question).refine(asksOnce, ASKS_ONCE) as unknown as z.ZodType<Probe>;

/** The platform's. */
export const probes = z.strictObject({ liveness: probe, readiness: probe } satisfies SchemaOf<Probes>);

/** An entry's own. */
export const ownProbes = z.strictObject({
  liveness: own,
  readiness: own,
  startup: own.optional(),
} satisfies SchemaOf<OwnProbes>);
