import { execa } from "execa";
import { UserError } from "../model/user-error";
import { projectDir, readStackFile, type StackFile } from "../stacks/stack-file";
import { clusterRunning } from "./cluster";
import { importedDigests } from "./images";
import { withLock } from "./lock";
import { openIstio } from "./mesh";
import { isIstio, istioSettingsIn } from "./mesh-settings";
import { policyPack } from "./policy-pack";
import { checkedPlan, deployedText, isRehearsal } from "./settings";
import { configFile, environmentOf, openStack, type Stack } from "./stack";
import { type Toolchain, toolchain } from "./toolchain";

/**
 * Shows what `make up` would change in the stack, in Pulumi's own words, and which house rules it would break.
 * @returns Pulumi's exit code
 * @throws {UserError} when the stack's settings are wrong, or the cluster is not there to compare with
 */
export async function preview(stackName: string): Promise<number> {
  const file = readStackFile(stackName);
  if (isIstio(file)) istioSettingsIn(file);
  else checkedPlan(file);
  const tools = toolchain();
  if (!clusterRunning())
    throw new UserError("the embedded cluster is not running", `start it: make up STACK=${stackName}`);
  return withLock("make preview", async () => {
    const stack = isIstio(file) ? await openIstio(tools) : await openPlatform(file, tools);
    const options = ["--stack", file.stack, "--config-file", configFile(stack), "--policy-pack", policyPack];
    const args = ["preview", "--diff", ...options, "--non-interactive"];
    const { exitCode } = await execa(tools.path("pulumi"), args, {
      cwd: projectDir,
      env: environmentOf(stack),
      stdio: "inherit",
      reject: false,
    });
    return exitCode ?? 1;
  });
}

async function openPlatform(file: StackFile, tools: Toolchain): Promise<Stack> {
  const digests = isRehearsal(file) ? await importedDigests() : new Map();
  return openStack(
    file,
    deployedText(file, (image) => digests.get(image)),
    tools,
  );
}
