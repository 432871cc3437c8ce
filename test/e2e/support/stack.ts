import { join } from "node:path";
import { execa, type Result } from "execa";
import { stackEnvironment } from "../../../embedded/environment";
import { toolchain } from "../../../embedded/toolchain";
import { nameOf } from "../../../operations/events/stack-events";

export const root = join(import.meta.dirname, "../../..");

/** The environment that `eval "$(make -s env)"` gives a shell. */
export const environment = stackEnvironment(toolchain());

/** Runs a program as a user would after `eval "$(make -s env)"`; its exit code is for the test to judge. */
export function shellIn(
  cwd: string,
  file: string,
  ...args: string[]
): Promise<Result<{ all: true; reject: false }>> {
  return execa(file, args, { cwd, env: environment, reject: false, all: true, input: "" });
}

export const shell = (file: string, ...args: string[]) => shellIn(root, file, ...args);

/** Runs a program that has to succeed; its output is in the error when it does not. */
export async function succeedIn(cwd: string, file: string, ...args: string[]): Promise<string> {
  const result = await shellIn(cwd, file, ...args);
  if (result.exitCode !== 0) {
    throw new Error(`${file} ${args.join(" ")}: exit code ${result.exitCode}\n${result.all}`);
  }
  return result.stdout;
}

export const succeed = (file: string, ...args: string[]) => succeedIn(root, file, ...args);

/** An output of a stack. */
export const output = (name: string, stack = "dev") =>
  succeed("pulumi", "stack", "output", name, "--stack", stack, "--show-secrets");

/** One step of a preview. */
export interface Step {
  op: string;
  urn: string;
  detailedDiff?: Record<string, { kind: string }> | null;
}

/** The steps that would change something (reading the last outputs does not), by a preview of the dev stack. */
export const changes = (...args: string[]) => changesIn(root, "--stack", "dev", ...args);

/** The same of any stack, in the folder of its program. */
export const changesIn = async (cwd: string, ...args: string[]): Promise<Step[]> =>
  stepsOf(await shellIn(cwd, "pulumi", "preview", "--json", ...args));

/** The steps of a `pulumi preview --json` that would change something. */
export function stepsOf({ stdout, all, exitCode }: Awaited<ReturnType<typeof shellIn>>): Step[] {
  if (exitCode !== 0) throw new Error(`pulumi preview: ${diagnosticsIn(stdout) ?? all}`);
  const { steps } = JSON.parse(stdout) as { steps: Step[] };
  return steps.filter(({ op }) => op !== "same" && op !== "read");
}

/** What a preview that failed says, without the objects. */
function diagnosticsIn(json: string): string | undefined {
  if (!json.startsWith("{")) return undefined;
  const { diagnostics = [] } = JSON.parse(json) as { diagnostics?: { message: string }[] };
  return diagnostics.map(({ message }) => message).join("\n");
}

/** `update Deployment auth-service` of each step, sorted; the steps of one replacement are one line. */
export const summaryOf = (steps: readonly Step[]): string[] => [
  ...new Set(steps.map(({ op, urn }) => `${OPERATIONS[op] ?? op} ${nameOf(urn)}`).sort()),
];

const OPERATIONS: Record<string, string> = {
  "create-replacement": "replace",
  "delete-replaced": "replace",
};
