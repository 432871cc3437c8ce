import { isDeepStrictEqual } from "node:util";
import { type EngineEvent, type ResourceState, ROOT, StackEvents, type StepMetadata } from "./stack-events";

/** Steps after which everything is as it was. */
const UNCHANGING = ["same", "read", "refresh"];

/** Reads a preview event by event, in the form in which an update tells them. */
export class PreviewEvents extends StackEvents {
  /** What the policy pack refuses, each once. */
  readonly violations: string[] = [];
  #differs = false;

  /**
   * Whether an update would change anything: a resource, what the state alone keeps of one (such as that it is
   * protected), or an output. What a deletion has to wait for is not told here; it is written by the next change.
   */
  get differs(): boolean {
    return this.#differs || Object.keys(this.changes).some((op) => !UNCHANGING.includes(op));
  }

  override take(event: EngineEvent): string | undefined {
    const said = super.take(event);
    const { resOutputsEvent, policyEvent, diagnosticEvent } = event;
    if (resOutputsEvent) this.#compare(resOutputsEvent.metadata);
    if (policyEvent?.enforcementLevel === "mandatory") this.#refused(policyEvent.message);
    // Its steps are none yet.
    return diagnosticEvent && said;
  }

  #compare({ type, old, new: planned }: StepMetadata): void {
    if (!isDeepStrictEqual(kept(old), kept(planned))) this.#differs = true;
    // Told twice: before the program has run, it has the outputs of the time before.
    if (type === ROOT && !isDeepStrictEqual(old?.outputs, planned?.outputs)) this.#differs = true;
  }

  /** The rule's description comes first, which says nothing of this stack. */
  #refused(message: string): void {
    const text = message.trim().split("\n").slice(1).join("\n");
    if (text && !this.violations.includes(text)) this.violations.push(text);
  }
}

/** What the state keeps of a resource beside its properties; null where it is not there. */
function kept(state: ResourceState | null | undefined) {
  const { parent, provider, protect = false, retainOnDelete = false } = state ?? {};
  return { parent, provider, protect, retainOnDelete };
}
