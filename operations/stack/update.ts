import { Refusal } from "../errors";
import { withStack } from "./automation";

/**
 * Previews, and where no rule is broken brings a stack to what its file says. Pulumi tells people what it does as it
 * does it.
 * @param policyPack folder of the rules that the preview has to pass
 * @param signal interrupts Pulumi: it cancels what it does, writes down how far it came, and removes its lock
 * @throws {Refusal} when the preview fails; nothing was changed
 * @throws {UserError} when Pulumi or the stack is not there
 */
export async function update(name: string, policyPack: string, signal: AbortSignal): Promise<void> {
  await withStack(name, async (stack) => {
    const { StackNotFoundError } = await import("@pulumi/pulumi/automation");
    /** What Pulumi says of the cause stands above. */
    const told = (what: Error) => (error: unknown) => {
      throw error instanceof StackNotFoundError ? error : what;
    };
    const options = {
      color: "never",
      onOutput: (text: string) => process.stdout.write(text),
      onError: (text: string) => process.stderr.write(text),
      signal,
    } as const;
    await stack
      .preview({ ...options, policyPacks: [policyPack] })
      .catch(
        told(
          new Refusal(`stack ${name} is not updated, nothing was changed:`, ["its preview says above why"]),
        ),
      );
    signal.throwIfAborted();
    await stack
      .up({ ...options, showSecrets: false })
      .catch(told(new Error(`pulumi up --stack ${name} failed; it goes on where it stopped`)));
  });
}
