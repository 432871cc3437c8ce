import { z } from "zod";
import { UserError } from "../errors";
import { type Inputs, isObject } from "./object";
import { hideInText, redacted } from "./redact";

/** What happens to a resource. */
export type Operation = "create" | "update" | "replace" | "delete" | "same";

/** A resource before or after; no secret is left in it. */
export interface State {
  inputs: Inputs;
  /** Pulumi refuses to delete it. */
  protect: boolean;
}

/** One resource of a preview. Components are left out: nothing of them is in a cluster. */
export interface Change {
  urn: string;
  operation: Operation;
  /** Kind of the Kubernetes object, or last part of the type's token. */
  kind: string;
  /** As people say it: `StatefulSet postgres`. */
  label: string;
  old?: State;
  new?: State;
  /** Properties, as far as the provider names them. */
  changed: string[];
  /** Properties that cannot be changed in place. */
  replaceReasons: string[];
}

/** What `pulumi preview --json` found out about one stack. */
export interface Preview {
  stack: string;
  changes: Change[];
  /** Resources by what happens to them, components included, as Pulumi itself counts them. */
  counts: Partial<Record<string, number>>;
  /** Why it did not come to an end, without secrets. */
  errors: string[];
}

const state = z.object({
  custom: z.boolean().default(false),
  inputs: z.record(z.string(), z.unknown()).default({}),
  protect: z.boolean().default(false),
});

/** The digest of the CLI, as far as it is needed (Pulumi 3.246, pkg/display, PreviewDigest). */
const digest = z.object({
  steps: z
    .array(
      z.object({
        op: z.string(),
        urn: z.string(),
        oldState: state.optional(),
        newState: state.optional(),
        replaceReasons: z.array(z.string()).nullish(),
        detailedDiff: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .nullish(),
  diagnostics: z
    .array(z.object({ message: z.string().default(""), severity: z.string().optional() }))
    .nullish(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
});

/** One step of a preview. */
export type PlannedStep = NonNullable<z.infer<typeof digest>["steps"]>[number];

/**
 * Reads a preview.
 * @param text what `pulumi preview --json` printed; with `--show-sames` sums can be made of it
 * @throws {UserError} when it is something else
 */
export function readPreview(stack: string, text: string): Preview {
  const { steps, diagnostics, changeSummary } = parse(stack, text);
  const errors = (diagnostics ?? []).flatMap(({ message, severity }) =>
    severity === "error" ? [hideInText(message.trim())] : [],
  );
  return { stack, changes: changesOf(steps ?? []), counts: changeSummary ?? {}, errors };
}

function parse(stack: string, text: string): z.infer<typeof digest> {
  try {
    return digest.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `the preview of ${stack} is not what pulumi preview --json prints`,
      `run: pulumi preview --stack ${stack} --json --show-sames >${stack}.json`,
    );
  }
}

/** A replacement is one change, however many steps Pulumi makes of it. Pure. */
export function changesOf(steps: readonly PlannedStep[]): Change[] {
  const changes = new Map<string, Change>();
  for (const step of steps) {
    const operation = operationOf(step.op);
    if (!operation || !(step.newState ?? step.oldState)?.custom) continue;
    const change = changeOf(step, operation);
    const before = changes.get(step.urn);
    changes.set(step.urn, {
      ...before,
      ...change,
      old: change.old ?? before?.old,
      new: change.new ?? before?.new,
    });
  }
  return [...changes.values()];
}

/** Nothing for steps that change nothing, such as reading a resource of another stack. */
function operationOf(op: string): Operation | undefined {
  if (op.includes("replace")) return "replace";
  if (op === "import") return "create";
  return (["create", "update", "delete", "same"] as const).find((one) => one === op);
}

function changeOf(step: PlannedStep, operation: Operation): Change {
  const [type = "", name = ""] = step.urn.split("::").slice(2);
  const { inputs = {} } = step.newState ?? step.oldState ?? {};
  const token = type.split("$").at(-1) ?? "";
  const kind = typeof inputs.kind === "string" ? inputs.kind : (token.split(":").at(-1) ?? token);
  const own = isObject(inputs.metadata) ? inputs.metadata.name : undefined;
  const objectName = typeof own === "string" ? own : name;
  return {
    urn: step.urn,
    operation,
    kind,
    label: `${kind} ${objectName}`,
    old: clean(step.oldState, kind),
    new: operation === "delete" ? undefined : clean(step.newState, kind),
    changed: Object.keys(step.detailedDiff ?? {}),
    replaceReasons: step.replaceReasons ?? [],
  };
}

function clean(of: z.infer<typeof state> | undefined, kind: string): State | undefined {
  return of && { inputs: redacted(of.inputs, kind), protect: of.protect };
}
