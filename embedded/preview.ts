import { execa } from "execa";
import { withLock } from "./lock";
import { projectDir } from "./paths";
import { checkedPlan, readStackFile } from "./settings";
import { configFile, environmentOf, openStack } from "./stack";
import { toolchain } from "./toolchain";

/**
 * Shows what `make up` would change in the stack, in Pulumi's own words.
 * @returns Pulumi's exit code
 * @throws {UserError} when the stack's settings are wrong, or nothing is installed yet
 */
export async function preview(stackName: string): Promise<number> {
  const file = readStackFile(stackName);
  checkedPlan(file);
  const tools = toolchain();
  return withLock("make preview", async () => {
    const stack = await openStack(file, tools);
    const args = ["preview", "--diff", "--stack", file.stack, "--config-file", configFile(stack)];
    const { exitCode } = await execa(tools.path("pulumi"), [...args, "--non-interactive"], {
      cwd: projectDir,
      env: environmentOf(stack),
      stdio: "inherit",
      reject: false,
    });
    return exitCode ?? 1;
  });
}
