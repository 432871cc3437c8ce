import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { parseDocument, stringify } from "yaml";
import { pulumiDir, stateDir } from "../../../embedded/paths";
import { changesIn, environment, root, type Step, shellIn, succeedIn } from "./stack";

/** What a checkout needs to bring a stack up. */
const PARTS = [
  ...[
    "components",
    "embedded",
    "extras",
    "model",
    "operations",
    "platforms",
    "policy",
    "programs",
    "services",
    "stacks",
    "test/platforms",
  ],
  ...["index.ts", "package.json", "package-lock.json", "tsconfig.json", "Pulumi.yaml", "Pulumi.istio.yaml"],
];

/** Of every stack of a test. */
const common = {
  tier: "development",
  context: "microservice-platform",
  certificate: "self-signed",
  generateSecrets: "true",
  protectData: "false",
  grafana: { enabled: false },
};

/** Sizes of a container that is idle most of the time. */
export const resources = (memory: string) => ({
  requests: { cpu: "10m", memory },
  limits: { cpu: "500m", memory: "256Mi" },
});

/** The part of a state that the tests read. */
export interface State {
  resources: any[];
  pending_operations?: { type: string; resource: any }[];
}

/**
 * A stack of its own beside the others: a copy of this checkout in a temporary folder, with one more catalog, that of
 * test/platforms, and its settings. Files and settings of the copy can be changed; nothing of it is left in the end.
 */
export class TemporaryStack {
  /** Changes with a test that moves it. */
  namespace: string;
  #folder: string | undefined;

  /**
   * @param name of the stack, and of its catalog
   * @param settings by their keys without the prefix, besides those that every stack of a test has
   * @param secrets of the platform, by name
   */
  constructor(
    readonly name: string,
    readonly settings: Readonly<Record<string, unknown>>,
    readonly secrets: Readonly<Record<string, string>> = {},
  ) {
    this.namespace = name;
  }

  get folder(): string {
    if (!this.#folder) throw new Error(`the stack ${this.name} is opened before the first test`);
    return this.#folder;
  }

  /** Makes the copy and an empty stack; `pulumi up` and `make up` then work in it. */
  async open(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), `platform-${this.name}-`));
    for (const part of PARTS) await cp(join(root, part), join(this.folder, part), { recursive: true });
    await symlink(join(root, "node_modules"), join(this.folder, "node_modules"));
    await this.rewrite("platforms/index.ts", "{ malai, dealcycle }", `{ malai, dealcycle, ${this.name} }`);
    await this.rewrite(
      "platforms/index.ts",
      "import { malai }",
      `import { ${this.name} } from "../test/platforms/${this.name}";\nimport { malai }`,
    );
    const config = Object.fromEntries(
      Object.entries({ catalog: this.name, ...common, ...this.settings }).map(([key, value]) => [
        `platform:${key}`,
        value,
      ]),
    );
    await writeFile(this.#settingsFile, stringify({ config }));
    await this.pulumi("stack", "init", this.name, "--no-select");
    for (const [name, value] of Object.entries(this.secrets)) await this.setSecret(name, value);
  }

  /** For a file that runs alone: brings the stack up if nothing is there yet. */
  async ensureUp(): Promise<void> {
    if ((await this.checkpoint()).resources.length > 1) return;
    const { exitCode, all } = await this.up();
    expect(exitCode, all).to.equal(0);
  }

  /** Takes everything away again: objects, stack and files. */
  async remove(): Promise<void> {
    if (!this.#folder) return;
    // What a test that failed has left: a lock, objects that the state does not know.
    await this.run("pulumi", "cancel", "--yes", "--stack", this.name);
    await this.destroy();
    await shellIn(root, "kubectl", "delete", "namespace", this.name, this.namespace, "--ignore-not-found");
    const beside = "storageclasses,priorityclasses,clusterroles,clusterrolebindings";
    await shellIn(root, "kubectl", "delete", beside, "-l", `app.kubernetes.io/part-of=${this.name}`);
    await this.pulumi("stack", "rm", "--yes", "--force");
    const state = (part: string, name = this.name) => join(stateDir, ".pulumi", part, "platform", name);
    for (const path of [
      join(pulumiDir, `Pulumi.${this.name}.yaml`),
      state("stacks", `${this.name}.json.bak`),
      state("stacks", `${this.name}.json.bak.attrs`),
      state("history"),
      state("backups"),
    ]) {
      await rm(path, { recursive: true, force: true });
    }
    await rm(this.folder, { recursive: true });
    this.#folder = undefined;
  }

  destroy = () => this.run("pulumi", "destroy", "--yes", "--skip-preview", "--stack", this.name);

  /** Settings by their keys without the prefix, parts of a path divided by `/`; undefined takes one away. */
  async set(values: Record<string, unknown>): Promise<void> {
    const document = parseDocument(await readFile(this.#settingsFile, "utf8"));
    for (const [path, value] of Object.entries(values)) {
      const place = ["config", ...`platform:${path}`.split("/")];
      if (value === undefined) document.deleteIn(place);
      else document.setIn(place, value);
    }
    await writeFile(this.#settingsFile, document.toString());
  }

  async setSecret(name: string, value: string): Promise<void> {
    const args = ["config", "set", "--secret", `${this.name}:${name}`, "--stack", this.name];
    await execa("pulumi", args, { cwd: this.folder, env: environment, input: value });
  }

  /** Changes the program itself, in the copy. */
  async rewrite(file: string, text: string, replacement: string): Promise<void> {
    const path = join(this.folder, file);
    const before = await readFile(path, "utf8");
    expect(before, `${file} is still written as this test expects`).to.contain(text);
    await writeFile(path, before.replace(text, replacement));
  }

  /** A command in the copy; its exit code is for the test to judge. */
  run = (file: string, ...args: string[]) => shellIn(this.folder, file, ...args);

  /** A Pulumi command that has to succeed. */
  pulumi = (...args: string[]) => succeedIn(this.folder, "pulumi", ...args, ...this.#ofStack(args));

  up = (...args: string[]) => this.run("pulumi", ...UP, "--stack", this.name, ...args);

  /** What `make up STACK=…` runs. Make itself would take the copied package-lock.json for a newer one. */
  makeUp(variables: Record<string, string> = {}) {
    const options = { cwd: this.folder, reject: false, all: true, input: "" } as const;
    return execa("node", [...MAKE_UP, this.name], { ...options, env: { ...environment, ...variables } });
  }

  /** The same, to be watched and interrupted. */
  start(command: "pulumi up" | "make up") {
    const [file, args] = command === "make up" ? ["node", MAKE_UP] : ["pulumi", [...UP, "--stack"]];
    const options = { cwd: this.folder, env: environment, reject: false, all: true, input: "" } as const;
    // A process group of its own, which Ctrl-C would reach as a whole.
    return execa(file, [...args, this.name], { ...options, detached: true });
  }

  /** The steps that would change something. */
  changes = (): Promise<Step[]> => changesIn(this.folder, "--stack", this.name);

  async state(): Promise<State> {
    return JSON.parse(await this.pulumi("stack", "export")).deployment;
  }

  /** The state as it is on the disk in this moment, whoever works on it. */
  async checkpoint(): Promise<State> {
    const path = join(stateDir, ".pulumi", "stacks", "platform", `${this.name}.json`);
    const { checkpoint } = existsSync(path) ? JSON.parse(await readFile(path, "utf8")) : {};
    // An empty stack has none.
    return { resources: [], ...checkpoint?.latest };
  }

  kubectl = (...args: string[]) => succeedIn(root, "kubectl", "-n", this.namespace, ...args);

  async apply(manifest: object): Promise<void> {
    const args = ["-n", this.namespace, "apply", "-f", "-"];
    await execa("kubectl", args, { env: environment, input: JSON.stringify(manifest) });
  }

  get = async (...args: string[]): Promise<any> =>
    JSON.parse(await this.kubectl("get", ...args, "-o", "json"));

  get #settingsFile() {
    return join(this.folder, `Pulumi.${this.name}.yaml`);
  }

  #ofStack = (args: string[]) => (args.includes("init") ? [] : ["--stack", this.name]);
}

const UP = ["up", "--yes", "--skip-preview", "--color=never", "--non-interactive"];
const MAKE_UP = ["--import", "tsx", "embedded/main.ts", "up"];
