import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { UserError } from "../model/user-error";
import { projectDir, readStackFile } from "../stacks/stack-file";
import { clusterRunning } from "./cluster";
import { policyPack } from "./deployment";
import { stackEnvironment } from "./environment";
import { openIstio } from "./mesh";
import { isIstio, istioSettingsIn } from "./mesh-settings";
import { pulumiDir } from "./paths";
import { checkedPlan } from "./settings";
import { openPlatform, stackArguments } from "./stack";
import { toolchain } from "./toolchain";

/**
 * Shows what `make up` would change in the stack, in Pulumi's own words, and which house rules it would break.
 * @returns Pulumi's exit code
 * @throws {UserError} when the stack's settings are wrong, or the cluster is not there to compare with
 */
export async function preview(stackName: string): Promise<number> {
  const file = readStackFile(stackName);
  if (isIstio(file)) istioSettingsIn(file);
  else checkedPlan(file);
  if (!(await clusterRunning()))
    throw new UserError("the embedded cluster is not running", `start it: make up STACK=${stackName}`);
  const tools = toolchain();
  const stack = isIstio(file) ? await openIstio(tools) : await openPlatform(file, tools);
  // Of its own, and without the lock and the mark of those who change something: it runs beside them, and none ends it.
  const folder = mkdtempSync(join(pulumiDir, "preview-"));
  try {
    const options = [...stackArguments(stack, folder), "--policy-pack", policyPack, "--non-interactive"];
    const { exitCode } = await execa(tools.path("pulumi"), ["preview", "--diff", ...options], {
      cwd: projectDir,
      env: stackEnvironment(tools),
      stdio: "inherit",
      reject: false,
    });
    return exitCode ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
