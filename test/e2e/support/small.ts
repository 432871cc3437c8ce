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
  ...["index.ts", "package.json", "package-lock.json", "tsconfig.json", "Pulumi.yaml"],
];

const resources = (memory: string) => ({
  requests: { cpu: "10m", memory },
  limits: { cpu: "500m", memory: "256Mi" },
});

/** Its volumes can grow; beyond that it is the cluster's own. */
const STORAGE_CLASS = "small-growing";

const settings = {
  catalog: "small",
  tier: "development",
  context: "microservice-platform",
  certificate: "self-signed",
  frontDoor: { type: "ClusterIP", replicas: 1 },
  generateSecrets: "true",
  protectData: "false",
  // Those that the cluster has anyway.
  images: { registry: "docker.io/malai" },
  defaults: { replicas: { min: 1, max: 3 }, resources: resources("128Mi") },
  mesh: { enabled: false },
  storageClass: STORAGE_CLASS,
  postgres: { storage: "256Mi", resources: resources("96Mi") },
  alertmanager: { storage: "64Mi", webhook: false },
  grafana: { enabled: false },
  prometheus: { storage: "128Mi", retention: "1d", resources: resources("96Mi") },
};

/** The part of a state that the tests read. */
export interface State {
  resources: any[];
  pending_operations?: { type: string; resource: any }[];
}

/**
 * A stack of its own beside the others: a copy of this checkout in a temporary folder, with one more catalog and
 * its settings. Files and settings of the copy can be changed; nothing of it is left in the end.
 */
class SmallStack {
  readonly name = "small";
  /** Changes with a test that moves it. */
  namespace = "small";
  #folder: string | undefined;

  get folder(): string {
    if (!this.#folder) throw new Error("the small stack is opened before the first test");
    return this.#folder;
  }

  /** Makes the copy and an empty stack; `pulumi up` and `make up` then work in it. */
  async open(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "platform-small-"));
    for (const part of PARTS) await cp(join(root, part), join(this.folder, part), { recursive: true });
    await symlink(join(root, "node_modules"), join(this.folder, "node_modules"));
    await this.rewrite("platforms/index.ts", "{ malai, dealcycle }", "{ malai, dealcycle, small }");
    await this.rewrite(
      "platforms/index.ts",
      "import { malai }",
      'import { small } from "../test/platforms/small";\nimport { malai }',
    );
    const config = Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [`platform:${key}`, value]),
    );
    await writeFile(this.#settingsFile, stringify({ config }));
    await makeStorageClass();
    await this.pulumi("stack", "init", this.name, "--no-select");
    await this.setSecret("JWT_SECRET", "1000m");
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
    await shellIn(root, "kubectl", "delete", "namespace", "small", this.namespace, "--ignore-not-found");
    const beside = "storageclasses,priorityclasses,clusterroles,clusterrolebindings";
    await shellIn(root, "kubectl", "delete", beside, "-l", "app.kubernetes.io/part-of=small");
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
    const args = ["config", "set", "--secret", `small:${name}`, "--stack", this.name];
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

  /** What `make up STACK=small` runs. Make itself would take the copied package-lock.json for a newer one. */
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

async function makeStorageClass(): Promise<void> {
  const own = JSON.parse(await succeedIn(root, "kubectl", "get", "storageclass", "local", "-o", "json"));
  const { apiVersion, kind, provisioner, volumeBindingMode, reclaimPolicy } = own;
  const manifest = { apiVersion, kind, provisioner, volumeBindingMode, reclaimPolicy };
  await small.apply({
    ...manifest,
    metadata: { name: STORAGE_CLASS, labels: { "app.kubernetes.io/part-of": "small" } },
    allowVolumeExpansion: true,
  });
}

export const small = new SmallStack();
