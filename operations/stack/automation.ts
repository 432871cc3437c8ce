import type { EngineEvent, Stack as PulumiStack, StepEventMetadata } from "@pulumi/pulumi/automation";
import { projectDir } from "../../stacks/stack-file";
import { UserError } from "../errors";
import { StackEvents } from "../events/stack-events";
import { type Change, changesOf as changesOfSteps, type PlannedStep } from "../review/preview";
import { hideInText } from "../review/redact";
import { withCopy } from "./copy";
import type { Stack } from "./stack-file";

/** What `pulumi up` left behind for others to use. */
export interface StackOutputs {
  url?: string;
  /** PEM, where the platform made its own. */
  certificate?: string;
}

/**
 * The outputs that are no secrets.
 * @throws {UserError} when the stack is not in the backend that Pulumi is logged in to
 */
export function readOutputs({ name }: Stack): Promise<StackOutputs> {
  return withStack(name, async (stack) => {
    const outputs = Object.entries(await stack.outputs()).filter(([, { secret }]) => !secret);
    return Object.fromEntries(outputs.map(([key, { value }]) => [key, value]));
  });
}

/**
 * What `pulumi up` would change, with what the text of the stack says instead of its file; none when the stack is what
 * the program says.
 * @throws {UserError} when the preview fails, with Pulumi's reasons
 */
export async function changesOf(stack: Stack): Promise<Change[]> {
  const events = new StackEvents();
  const steps: PlannedStep[] = [];
  const onEvent = (event: EngineEvent) => {
    events.take(event);
    if (event.resourcePreEvent) steps.push(plannedStep(event.resourcePreEvent.metadata));
  };
  await withCopy(stack, (configFile) =>
    withStack(stack.name, (pulumi) => pulumi.preview({ color: "never", configFile, onEvent }), events.errors),
  );
  if (events.errors.length > 0) throw new Error(hideInText(events.errors.join("\n")));
  return changesOfSteps(steps).filter(({ operation }) => operation !== "same");
}

/** One line a change: `update Deployment nginx`. Pure. */
export const describeChange = ({ operation, label }: Change): string => `${operation} ${label}`;

/** Whether Pulumi was killed while it changed something. */
export function hasPendingOperations({ name }: Stack): Promise<boolean> {
  return withStack(name, async (stack) => {
    const { deployment } = await stack.exportStack();
    return (deployment?.pending_operations ?? []).length > 0;
  });
}

/** Takes away the lock of an update. To be called only when whoever holds it has ended. */
export function cancelUpdate({ name }: Stack): Promise<void> {
  return withStack(name, (stack) => stack.cancel());
}

/**
 * Does something with a stack of the backend that Pulumi is logged in to. The Automation API is loaded here and nowhere
 * else: that takes longer than a command that needs no Pulumi.
 * @param said what the engine has called an error meanwhile, which tells more than what its process ended with
 * @throws {UserError} with Pulumi's reasons, and without secrets
 */
export async function withStack<T>(
  name: string,
  work: (stack: PulumiStack) => Promise<T>,
  said: readonly string[] = [],
): Promise<T> {
  const { CommandError, LocalWorkspace, Stack } = await import("@pulumi/pulumi/automation");
  try {
    const workspace = await LocalWorkspace.create({ workDir: projectDir });
    // It would run `pulumi stack select`: what the next `pulumi` of a person at this machine works on is theirs to say.
    workspace.selectStack = async () => {};
    return await work(await Stack.select(name, workspace));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (isMissing(error)) {
      throw new UserError(
        "pulumi is not on the PATH",
        'install it; for the embedded cluster: eval "$(make -s env)"',
      );
    }
    const reason = said.length > 0 ? said.join("\n") : printed(error);
    throw new UserError(hideInText(reason), `see for yourself: pulumi preview --stack ${name}`);
  }
}

const isMissing = ({ message }: Error): boolean => /spawn pulumi ENOENT/.test(message);

/**
 * What Pulumi has printed before it failed, of the Automation API's error: that has it in its message only (3.246,
 * automation/cmd.ts), between the command and the stack trace. Pure.
 */
export function printed({ message }: Error): string {
  const [, text = message] = /^ stderr: .*\n([\s\S]*?)\n err\?: /m.exec(message) ?? [];
  return text.trim();
}

/** An event of a preview as `pulumi preview --json` has it. Secrets are masked in it, too. */
function plannedStep({ op, urn, old, new: planned, keys, detailedDiff }: StepEventMetadata): PlannedStep {
  return { op, urn, oldState: stateOf(old), newState: stateOf(planned), replaceReasons: keys, detailedDiff };
}

function stateOf(state: StepEventMetadata["new"]): PlannedStep["newState"] {
  if (!state) return undefined;
  const { custom = false, inputs = {}, protect = false } = state;
  return { custom, inputs, protect };
}
