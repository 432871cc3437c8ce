import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { stackEnvironment } from "../embedded/environment";
import { removeSalt } from "../embedded/stack";
import { toolchain } from "../embedded/toolchain";
import { readStackFile } from "../stacks/stack-file";
import { type Benchmark, milliseconds } from "./harness";

const STACK = "dev";
let folder = "";

/** A preview that shows no change, beside `kubectl diff` of the same objects. The stack has to be up. */
export const preview: Benchmark = {
  title: `no change in stack ${STACK}`,
  unit: "ms",
  ours: "pulumi preview",
  peer: "kubectl diff --server-side",
  runs: { quick: 3, full: 9 },
  async prepare() {
    folder = await mkdtemp(join(tmpdir(), "bench-preview-"));
    await writeFile(join(folder, "objects.json"), JSON.stringify(await objectsOfState()));
    return async () => {
      await rm(folder, { recursive: true });
      removeSalt(readStackFile(STACK));
    };
  },
  measure: async () => ({
    ours: await milliseconds(() =>
      command("pulumi", "preview", "--stack", STACK, "--non-interactive", "--expect-no-changes"),
    ),
    peer: await milliseconds(() =>
      // It ends with 1 where a default of the server's is a difference.
      command("kubectl", "diff", "--server-side", "--force-conflicts", "-f", folder).catch(onlyDifferences),
    ),
  }),
};

const command = (file: string, ...args: string[]) =>
  execa(file, args, { env: stackEnvironment(toolchain()) });

/** What the stack asked the cluster for; the values of Secrets are not in clear in its state, and left out. */
async function objectsOfState(): Promise<object> {
  const { stdout } = await command("pulumi", "stack", "export", "--stack", STACK);
  const items = JSON.parse(stdout)
    .deployment.resources.filter(({ type }: { type: string }) => /^kubernetes:.*\/v\d/.test(type))
    .map(({ inputs }: { inputs: { kind: string } }) => inputs)
    .filter(({ kind }: { kind: string }) => kind !== "Secret");
  return { apiVersion: "v1", kind: "List", items };
}

function onlyDifferences(error: { exitCode?: number }): void {
  if (error.exitCode !== 1) throw error;
}
