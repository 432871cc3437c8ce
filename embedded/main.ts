import { Command } from "commander";
import { UserError } from "../model/user-error";
import { CommandFailure } from "./command";
import { PhaseFailure } from "./phases";

/** What `make` calls. Every command loads only what it needs: most of the time of a short one is loading. */
const program = new Command("make").description("The platform on an embedded cluster");

program
  .command("up")
  .argument("<stack>")
  .action(async (stack) => (await import("./up")).up(stack));
program.command("down").action(async () => (await import("./down")).down());
program.command("purge").action(async () => (await import("./down")).purge());
program
  .command("preview")
  .argument("<stack>")
  .action(async (stack) => process.exit(await (await import("./preview")).preview(stack)));
program
  .command("status")
  .argument("<stack>")
  .option("--json", "for programs")
  .action(async (stack, options) => process.exit(await (await import("./status")).status(stack, options)));
program
  .command("image")
  .argument("<name>")
  .option("--archive <file>")
  .option("--dockerfile <file>")
  .action(async (name, options) => (await import("./image")).image(name, options));
program.command("env").action(async () => {
  const [{ requireOwnMachine }, { shellExports }, { toolchain }] = await Promise.all([
    import("./cluster/claim"),
    import("./environment"),
    import("./toolchain"),
  ]);
  requireOwnMachine();
  console.log(shellExports(toolchain()));
});

/** 2 for what the person at the keyboard can mend, 1 for everything else. */
function explain(error: unknown): 1 | 2 {
  const cause = error instanceof PhaseFailure ? error.cause : error;
  const known = cause instanceof UserError || cause instanceof CommandFailure;
  const text = known || error instanceof PhaseFailure ? (error as Error).message : (error as Error).stack;
  console.error(`\n✖ ${text}`);
  return cause instanceof UserError ? 2 : 1;
}

/**
 * Ctrl-C, which reaches every process of the terminal, or `kill`, which reaches this one only. Pulumi must end in
 * order, or it leaves a lock and half-made resources to the next command; the second signal ends all at once.
 */
async function interrupt(signal: NodeJS.Signals): Promise<void> {
  process.once(signal, () => process.exit(INTERRUPTED));
  const { endOwnPulumi } = await import("./recover");
  console.error("\ninterrupted");
  await endOwnPulumi(signal === "SIGTERM" ? signal : undefined);
  process.exit(INTERRUPTED);
}

/** What a shell makes of a command that Ctrl-C has ended. */
const INTERRUPTED = 130;

process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
try {
  await program.parseAsync();
  process.exit();
} catch (error) {
  // Other phases may still be at work; what they run ends with this process.
  process.exit(explain(error));
}
