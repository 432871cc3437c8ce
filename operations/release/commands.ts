import { type Command, InvalidArgumentError, Option } from "commander";
import { STACK_OPTION } from "../stack/option";

/** `ops release` and what goes with it. Each command loads only what it needs. */
export function addReleaseCommands(program: Command): void {
  const release = program
    .command("release")
    .description("bring a new version of a service into use step by step, and back when its metrics are bad")
    // Else what stands behind a subcommand would be taken for this one's.
    .enablePositionalOptions()
    .argument("<service>")
    .option("--image <image>", "with a tag, and a digest if you like; :<tag> is enough")
    .option(...STACK_OPTION)
    .addOption(
      new Option("--strategy <strategy>", "a share by steps, or everything at once")
        .choices(["canary", "blue-green"])
        .default("canary"),
    )
    .option("--steps <weights>", "per cent of the requests, one after the other, such as 10,50,100", weights)
    .option("--hold <seconds>", "how long each step is watched", seconds(5))
    .option("--ready-within <seconds>", "how long the new pods may take to be ready", seconds(5))
    .option("--grace <seconds>", "how long blue stays after the switch", seconds(0))
    .option("--smoke <path>", "one more path that every new pod has to answer; may be repeated", collect, [])
    .addOption(
      new Option(
        "--schema <schema>",
        "whether the version in use can work with the database that this one leaves",
      )
        .choices(["compatible", "incompatible"])
        .default("compatible"),
    )
    .option("--dry-run", "print the steps, and change nothing")
    .option("--json", "for programs")
    .action(async (service, options) => {
      // Commander would ask the subcommands for it, too.
      if (!options.image) release.error("error: required option '--image <image>' not specified");
      process.exitCode = await (await import("./release")).release(service, options);
    });
  release
    .command("status")
    .description(
      "which versions of a service there are, their shares and metrics, and which process is at work",
    )
    .argument("<service>")
    .option(...STACK_OPTION)
    .option("--json", "for programs")
    .action(async (service, options) => {
      process.exitCode = await (await import("./status")).releaseStatus(service, options);
    });
  release
    .command("abort")
    .description("take a release back: the version before serves everything")
    .argument("<service>")
    .option(...STACK_OPTION)
    .option("--across-schema", "although the version before cannot work with the database as it is")
    .action(async (service, options) => (await import("./ending")).abortRelease(service, options));
  release
    .command("promote")
    .description("skip what is left of the steps: the new version serves everything")
    .argument("<service>")
    .option(...STACK_OPTION)
    .action(async (service, options) => {
      process.exitCode = await (await import("./ending")).promoteRelease(service, options);
    });
}

const collect = (path: string, before: string[]): string[] => {
  if (!path.startsWith("/")) throw new InvalidArgumentError("A path begins with a slash.");
  return [...before, path];
};

function weights(text: string): number[] {
  const numbers = text.split(",").map(Number);
  const wrong = numbers.filter((number) => !Number.isInteger(number) || number < 1 || number > 100);
  if (wrong.length > 0) {
    throw new InvalidArgumentError(`Not a whole number from 1 to 100: ${wrong.join(", ")}.`);
  }
  if (numbers.some((number, index) => number <= (numbers[index - 1] ?? 0))) {
    throw new InvalidArgumentError("Each has to be more than the one before.");
  }
  return numbers;
}

function seconds(least: number) {
  return (text: string): number => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`Not a whole number of seconds from ${least} on.`);
  };
}
