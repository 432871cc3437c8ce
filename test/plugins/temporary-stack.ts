import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { makePlugin, type Plugin } from "../../embedded/plugins";
import { toolchain } from "../../embedded/toolchain";

const PROJECT = "plugin-test";
const STACK = "test";

/** What the program of a test returns. */
export type Outputs = Record<string, any>;

/** A stack that the real CLI runs with one plugin that was made here, in a folder and a backend of its own. */
export class TemporaryStack {
  private constructor(
    private readonly folder: string,
    private readonly stack: Stack,
  ) {}

  static async create(plugin: Plugin): Promise<TemporaryStack> {
    const folder = mkdtempSync(join(tmpdir(), `${plugin.name}-plugin-`));
    const pulumiHome = join(folder, "home");
    await makePlugin(pulumiHome, plugin, () => {});
    // The Automation API looks for the CLI by this process's own PATH.
    process.env.PATH = [toolchain().binDir, process.env.PATH].join(delimiter);
    const stack = await LocalWorkspace.createStack(
      { stackName: STACK, projectName: PROJECT, program: async () => {} },
      {
        workDir: folder,
        pulumiHome,
        envVars: {
          PULUMI_BACKEND_URL: `file://${folder}`,
          PULUMI_CONFIG_PASSPHRASE: "of a test",
          PULUMI_SKIP_UPDATE_CHECK: "true",
        },
      },
    );
    return new TemporaryStack(folder, stack);
  }

  /** Updates to what the program says; returns its outputs, secrets laid bare. */
  async up(program: PulumiFn): Promise<Outputs> {
    const { outputs } = await this.stack.up({ program });
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** How many resources an update would create, replace, keep …; it fails when one breaks a rule of a policy pack. */
  async preview(program: PulumiFn, policyPacks: string[] = []): Promise<Record<string, number | undefined>> {
    return (await this.stack.preview({ program, policyPacks })).changeSummary;
  }

  /** Number of resources by what the refresh did with them. */
  async refresh(): Promise<Record<string, number | undefined>> {
    return (await this.stack.refresh()).summary.resourceChanges ?? {};
  }

  async destroy(): Promise<Record<string, number | undefined>> {
    return (await this.stack.destroy()).summary.resourceChanges ?? {};
  }

  /** The state as it is on disk, but for the CLI's habit of writing `<`, `>` and `&` in another way. */
  stateText(): string {
    const path = join(this.folder, ".pulumi", "stacks", PROJECT, `${STACK}.json`);
    return JSON.stringify(JSON.parse(readFileSync(path, "utf8")));
  }

  /** Rewrites the state, as time or someone else would. */
  async editState(edit: (text: string) => string): Promise<void> {
    const state = await this.stack.exportStack();
    await this.stack.importStack(JSON.parse(edit(JSON.stringify(state))));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
