import { Command, CommanderError, InvalidArgumentError } from "commander";
import { Refusal, UserError } from "./errors";
import { type ExitCode, exitCodes, exitCodesHelp } from "./exit-codes";
import { addReleaseCommands } from "./release/commands";
import { STACK_OPTION, type StackOption } from "./stack/option";

/** What is not `pulumi up`. Every command loads only what it needs: most of the time of a short one is loading. */
const program = new Command("ops")
  .description("What is not pulumi up: look, review, verify, promote, release")
  .addHelpText(
    "after",
    `
Stacks are those of Pulumi.<stack>.yaml; their cluster is the context that the file names, of your kubeconfig.

Exit codes:
${exitCodesHelp}`,
  )
  // Each option belongs to the command that it stands behind: `release` has subcommands with the same ones.
  .enablePositionalOptions()
  .exitOverride();

program
  .command("status")
  .description("one table: every workload of a stack, ready or why not")
  .option(...STACK_OPTION)
  .option("--json", "for programs")
  .action(async ({ stack, json }: StackOption & { json?: boolean }) => {
    const { stackStatus } = await import("./promotion/stack-status");
    process.exitCode = await stackStatus(stack, { json });
  });

program
  .command("review")
  .description("a Markdown comment for a pull request, risk first, from what pulumi preview --json printed")
  .argument("<previews...>", "<stack>=<file>, or a file named after its stack", collect)
  .option("--json", "for programs")
  .addHelpText("after", "\nTake previews with --show-sames, or the sums of cpu and memory are left out.")
  .action(async (previews: string[], { json }: { json?: boolean }) => {
    const { reviewFiles, commentOf } = await import("./review/index");
    const reviews = reviewFiles(previews);
    process.stdout.write(json ? `${JSON.stringify(reviews, undefined, 2)}\n` : commentOf(reviews));
  });

program
  .command("up")
  .description(
    "pulumi up for a pipeline: not while a release is under way, and only what breaks no house rule",
  )
  .option(...STACK_OPTION)
  .action(async ({ stack }: StackOption) => (await import("./up")).up(stack));

program
  .command("verify")
  .description("check that a stack runs what this commit says, and record the commit and the images it runs")
  .option(...STACK_OPTION)
  .option("--json", "for programs")
  .action(async ({ stack, json }: StackOption & { json?: boolean }) => {
    await (await import("./promotion/verify")).verify(stack, { json });
  });

program
  .command("promote")
  .description("write the digests of the images that a verified stack runs into the file of another one")
  .argument("<from>", "a verified stack")
  .argument("<to>", "a stack of the same catalog")
  .option("-y, --yes", "do not ask")
  .option("--dry-run", "show, and write nothing")
  .option("--json", "for programs; writes only with --yes")
  .action(async (from, to, options) => (await import("./promotion/promote")).promote(from, to, options));

addReleaseCommands(program);

program
  .command("diagram")
  .description("a catalog as a Mermaid flowchart, as it is in docs/platforms.md")
  .argument("<catalog>")
  .action(async (name) => {
    const [{ diagramOf }, { catalogs }] = await Promise.all([import("./diagram"), import("../platforms")]);
    const catalog = catalogs[name];
    if (!catalog)
      throw new UserError(`there is no catalog ${name}`, `take one of: ${Object.keys(catalogs).join(", ")}`);
    console.log(diagramOf(catalog));
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function collect(source: string, before: string[] = []): string[] {
  if (source.startsWith("=")) throw new InvalidArgumentError("The name of the stack is missing.");
  return [...before, source];
}

/** Tells what went wrong; Commander has already said what is wrong with the arguments. */
function explain(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.invalid;
  if (error instanceof UserError || error instanceof Refusal) {
    console.error(`✖ ${error.message}`);
    return error instanceof Refusal ? exitCodes.refused : exitCodes.invalid;
  }
  console.error(error);
  return exitCodes.failed;
}
