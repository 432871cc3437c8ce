/** The part of Pulumi's engine events (`--json`) that is read here. */
interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; message: string; severity: string };
  summaryEvent?: { resourceChanges?: Record<string, number> };
}

interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  new?: { outputs?: Record<string, unknown> };
}

/** Type of the resource that stands for the stack itself. */
export const ROOT = "pulumi:pulumi:Stack";

/** What a person calls a step; steps that are missing here change nothing. */
const VERBS: Record<string, string> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  replace: "replacing",
  "create-replacement": "creating anew",
  "delete-replaced": "deleting the old",
  import: "importing",
  refresh: "reading",
};

/** Reads a Pulumi run line by line: progress for people while it runs, and what came of it. */
export class StackEvents {
  /** Outputs of the stack, secrets as `[secret]`. */
  outputs: Record<string, unknown> = {};
  /** Number of resources by what happened to them, such as `{ create: 2, same: 40 }`. */
  changes: Record<string, number> = {};
  /** Everything that Pulumi or the program called an error, the resource in front. */
  readonly errors: string[] = [];

  /**
   * Takes the next line of the run's output.
   * @returns what it tells a person, if anything; Pulumi's debug messages hold secrets in plain text
   */
  read(line: string): string | undefined {
    const event = parse(line);
    if (!event) {
      // Before the engine runs (a missing plugin, a broken stack file) Pulumi speaks plain text.
      if (line.startsWith("error: ")) this.errors.push(line.slice("error: ".length));
      return line.trim() ? line : undefined;
    }
    if (event.summaryEvent) this.changes = event.summaryEvent.resourceChanges ?? {};
    if (event.resOutputsEvent?.metadata.type === ROOT) {
      this.outputs = event.resOutputsEvent.metadata.new?.outputs ?? {};
    }
    return event.diagnosticEvent
      ? this.diagnostic(event.diagnosticEvent)
      : event.resourcePreEvent && step(event.resourcePreEvent.metadata);
  }

  private diagnostic({ urn, message, severity }: NonNullable<EngineEvent["diagnosticEvent"]>) {
    if (severity === "debug" || !message.trim()) return undefined;
    const text = [urn && !urn.includes(`::${ROOT}::`) ? `${nameOf(urn)}: ` : "", message.trim()].join("");
    if (severity === "error") this.errors.push(text);
    return text;
  }
}

/** `Deployment auth-service` of a resource's URN. */
export function nameOf(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split(":").at(-1)} ${name}`;
}

function step({ op, urn, type }: StepMetadata): string | undefined {
  const verb = VERBS[op];
  return verb && type !== ROOT ? `${verb} ${nameOf(urn)}` : undefined;
}

function parse(line: string): EngineEvent | undefined {
  return line.startsWith("{") ? (JSON.parse(line) as EngineEvent) : undefined;
}
