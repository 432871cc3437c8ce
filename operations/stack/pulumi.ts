import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileOf, projectDir } from "../../stacks/stack-file";
import { UserError } from "../errors";
import { type Change, readPreview } from "../review/preview";
import { hideInText } from "../review/redact";
import { CommandError, output } from "./command";
import type { Stack } from "./stack-file";

/** What `pulumi up` left behind for others to use. */
export interface StackOutputs {
  url?: string;
  /** PEM, where the platform made its own. */
  certificate?: string;
}

/** @throws {UserError} when the stack is not in the backend that Pulumi is logged in to */
export async function stackOutputs({ name }: Stack): Promise<StackOutputs> {
  const text = await pulumi(["stack", "output", "--stack", name, "--json"]).catch(explain(name));
  return JSON.parse(text);
}

/**
 * What `pulumi up` would change.
 * @returns one line a resource: `update Deployment nginx`; none when the stack is what the program says
 */
export async function pendingChanges(stack: Stack): Promise<string[]> {
  return (await changesOf(stack)).map(({ operation, label }) => `${operation} ${label}`);
}

/** The same, as the preview has it. */
export async function changesOf(stack: Stack): Promise<Change[]> {
  const text = await withCopy(stack, (copy) =>
    pulumi(["preview", "--stack", stack.name, "--config-file", copy, "--json"]).catch(explain(stack.name)),
  );
  const { changes, errors } = readPreview(stack.name, text);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  return changes.filter(({ operation }) => operation !== "same");
}

/** Calls with a copy of the stack's file: Pulumi may write its salt to the file that it is given. */
export async function withCopy<T>({ name, text }: Stack, call: (copy: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ops-"));
  try {
    const copy = join(folder, fileOf(name));
    writeFileSync(copy, text, { mode: 0o600 });
    return await call(copy);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A Pulumi command that answers with text. */
export function pulumi(args: string[]): Promise<string> {
  return output("pulumi", [...args, "--non-interactive", "--color=never"], { cwd: projectDir });
}

/** Pulumi tells the cause of a failed preview on standard output, in JSON, and that of everything else on the other. */
function explain(stack: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CommandError)) throw error;
    const { exitCode, stdout, stderr } = error;
    if (exitCode === "ENOENT") {
      throw new UserError(
        "pulumi is not on the PATH",
        'install it; for the embedded cluster: eval "$(make -s env)"',
      );
    }
    const said = stdout.trimStart().startsWith("{") ? readPreview(stack, stdout).errors : [];
    const reason = said.length > 0 ? said.join("\n") : hideInText(stderr.trim());
    throw new UserError(reason, `see for yourself: pulumi preview --stack ${stack}`);
  };
}
