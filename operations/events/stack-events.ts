import { Awaited, type Step } from "./awaited";

/**
 * The part of Pulumi's engine events that is read here. Those of the Automation API fit; what its types leave out, and
 * Pulumi 3.246 sends, is a severity `debug`, and null for a state that is not there.
 */
export interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata; planning?: boolean };
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; message: string; severity: string; ephemeral?: boolean };
  policyEvent?: { message: string; enforcementLevel: string };
  summaryEvent?: { resourceChanges?: Partial<Record<string, number>> };
}

/** One step of an update, or of a plan for one. */
export interface StepMetadata extends Step {
  old?: ResourceState | null;
  new?: ResourceState | null;
}

/** What the engine tells of a resource, before or after a step; secrets are masked. */
export interface ResourceState {
  parent?: string;
  provider?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
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

/** Reads a Pulumi run event by event: progress for people while it runs, and what came of it. */
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

  /** Takes the next line that `pulumi --json` prints. @returns as {@link take} does */
  read(line: string): string | undefined {
    if (line.startsWith("{")) return this.take(JSON.parse(line) as EngineEvent);
    // Before the engine runs (a missing plugin, a broken stack file) Pulumi speaks plain text.
    if (line.startsWith("error: ")) this.errors.push(line.slice("error: ".length));
    return line.trim() ? line : undefined;
  }

  /**
   * Takes the next event.
   * @returns what it tells a person, if anything; Pulumi's debug messages hold secrets in plain text
   */
  take(event: EngineEvent): string | undefined {
    if (event.resourcePreEvent && !event.resourcePreEvent.planning) {
      this.awaited.begins(event.resourcePreEvent.metadata);
    }
    if (event.resOutputsEvent) this.awaited.ends(event.resOutputsEvent.metadata);
    if (event.resOpFailedEvent) this.awaited.fails(event.resOpFailedEvent.metadata);
    if (event.summaryEvent)
      this.changes = { ...event.summaryEvent.resourceChanges } as Record<string, number>;
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
