import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors";
import { readPreview } from "../review/preview";
import { CommandError, output } from "./command";
import { fileOf, projectDir, type Stack } from "./stack-file";

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
  // Pulumi may write its salt to the file it is given: to a copy.
  const folder = mkdtempSync(join(tmpdir(), "ops-"));
  try {
    const copy = join(folder, fileOf(stack.name));
    writeFileSync(copy, stack.text, { mode: 0o600 });
    const args = ["preview", "--stack", stack.name, "--config-file", copy, "--json"];
    const text = await pulumi(args).catch(explain(stack.name));
    const { changes, errors } = readPreview(stack.name, text);
    if (errors.length > 0) throw new Error(errors.join("\n"));
    return changes
      .filter(({ operation }) => operation !== "same")
      .map(({ operation, label }) => `${operation} ${label}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pulumi(args: string[]): Promise<string> {
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
    const reason = said.length > 0 ? said.join("\n") : stderr.trim();
    throw new UserError(reason, `see for yourself: pulumi preview --stack ${stack}`);
  };
}
