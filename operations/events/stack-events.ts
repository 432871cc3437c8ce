import { Awaited, type Step } from "./awaited";

/** The part of Pulumi's engine events (`--json`) that is read here. */
interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata; planning?: boolean };
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; message: string; severity: string; ephemeral?: boolean };
  summaryEvent?: { resourceChanges?: Record<string, number> };
}

interface StepMetadata extends Step {
  new?: Step["new"] & { outputs?: Record<string, unknown> };
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
  /** The workloads that it waits for. */
  readonly awaited: Awaited;

  constructor(now?: () => number) {
    this.awaited = new Awaited(now);
  }

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
    if (event.resourcePreEvent && !event.resourcePreEvent.planning) {
      this.awaited.begins(event.resourcePreEvent.metadata);
    }
    if (event.resOutputsEvent) this.awaited.ends(event.resOutputsEvent.metadata);
    if (event.resOpFailedEvent) this.awaited.fails(event.resOpFailedEvent.metadata);
    if (event.summaryEvent) this.changes = event.summaryEvent.resourceChanges ?? {};
    if (event.resOutputsEvent?.metadata.type === ROOT) {
      this.outputs = event.resOutputsEvent.metadata.new?.outputs ?? {};
    }
    return event.diagnosticEvent
      ? this.diagnostic(event.diagnosticEvent)
      : event.resourcePreEvent && step(event.resourcePreEvent.metadata);
  }

  private diagnostic({ urn, message, severity, ephemeral }: NonNullable<EngineEvent["diagnosticEvent"]>) {
    // What a provider says of the moment: what is waited for, and why, the cluster tells better.
    if (severity === "debug" || ephemeral || !message.trim()) return undefined;
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
