import { chmod, link, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { coerce, gte } from "semver";
import { UserError } from "../../model/user-error";
import { formatSeconds } from "../../operations/format-seconds";
import { CommandFailure, type Report, run } from "../command";
import { overlayArguments } from "./embeds";
import type { Source, Tool } from "./tool";

/** One folder with go.mod and go.sum a module. */
export const modulesDir = join(import.meta.dirname, "modules");

/** The newest that a go.mod asks for: the cluster's, for its metrics-server. */
export const GO_NEEDED = "1.26.4";

/** Clients and types that a generator wrote, half of them for clouds: long to compile, and no work of a cluster waits for them. */
const generated = `
  cloud.google.com/go github.com/Azure github.com/aws github.com/envoyproxy/go-control-plane
  github.com/pulumi/pulumi-kubernetes/sdk istio.io/api istio.io/client-go k8s.io/client-go/applyconfigurations
  k8s.io/client-go/informers k8s.io/client-go/kubernetes k8s.io/client-go/listers k8s.io/kubernetes/pkg/generated
  sigs.k8s.io/gateway-api
`
  .trim()
  .split(/\s+/);

/** The same for all, as a package that is compiled with other flags is another one. */
const compilerFlags = [
  // These are not debugged: without debugging information they compile in 15 % less time.
  "-gcflags=all=-dwarf=false",
  // Without inlining the compiler is done with these in three quarters to half of its time.
  ...generated.map((folder) => `-gcflags=${folder}/...=-dwarf=false -l`),
];

/** Milliseconds between two lines of progress: `go build` says nothing for minutes. */
const PROGRESS_INTERVAL = 10_000;

/** The same on every machine, whatever the user's own settings; an empty value is the default. */
const environment = { CGO_ENABLED: "0", GOOS: "", GOARCH: "", GOWORK: "off", ...compilerMemory() };

/**
 * Builds a tool's executables into `folder`, in the user's own Go caches.
 * @throws {UserError} when Go is missing or too old, or modules cannot be downloaded
 */
export async function buildFromSource(tool: Tool, folder: string, report: Report): Promise<void> {
  await requireGo(`${tool.name} ${tool.version} has to be built here`);
  const start = Date.now();
  const progress = () => report(`building from source, ${formatSeconds((Date.now() - start) / 1000)}`);
  progress();
  const timer = setInterval(progress, PROGRESS_INTERVAL);
  try {
    for (const source of tool.sources) await build(source, folder);
    report(`built from source in ${formatSeconds((Date.now() - start) / 1000)}`);
  } catch (error) {
    throw withRemedy(error, tool);
  } finally {
    clearInterval(timer);
  }
}

/**
 * Downloads the modules of tools that will be built, one after the other, while others compile. Does its best
 * and no more: the build itself downloads what is missing, and tells why it cannot.
 */
export async function prefetch(tools: readonly Tool[], signal: AbortSignal): Promise<void> {
  for (const { module, packages } of tools.flatMap(({ sources }) => sources)) {
    await execa("go", ["list", "-mod=readonly", "-deps", ...packages], {
      cwd: join(modulesDir, module),
      env: environment,
      reject: false,
      stdout: "ignore",
      stderr: "ignore",
      cancelSignal: signal,
    });
  }
}

/** Whether `go version` printed something new enough. */
export function isNewEnough(goVersion: string, needed = GO_NEEDED): boolean {
  const found = coerce(/\bgo(\d\S*)/.exec(goVersion)?.[1]);
  return found !== null && gte(found, needed);
}

async function build(source: Source, folder: string): Promise<void> {
  const { module, packages, tags = [], stamps = {}, names, alwaysWith, startedBy } = source;
  const stamped = Object.entries(stamps).map(([variable, value]) => `-X ${variable}=${value}`);
  const args = [
    "build",
    "-mod=readonly",
    "-trimpath",
    `-tags=${tags.join(",")}`,
    ...compilerFlags,
    `-ldflags=${["-s", "-w", ...stamped].join(" ")}`,
    "-o",
    `${folder}/`,
  ];
  const cwd = join(modulesDir, module);
  const temporary = await mkdtemp(join(tmpdir(), "embeds-"));
  try {
    const overlay = await overlayArguments(source, cwd, temporary);
    await run("go", [...args, ...overlay, ...packages], { log: `build-${module}`, cwd, env: environment });
  } finally {
    await rm(temporary, { recursive: true });
  }
  if (names) await call(join(folder, basename(packages[0] as string)), names);
  if (alwaysWith) await wrap(join(folder, module), alwaysWith, startedBy);
}

/** Calls an executable by other names instead of its own. Not by symbolic links: each process has its name's path. */
async function call(executable: string, names: readonly string[]): Promise<void> {
  for (const name of names) await link(executable, join(dirname(executable), name));
  await rm(executable);
}

/**
 * A compiler that does not collect its garbage takes a sixth less processor time. It may use a quarter of the memory,
 * shared with as many as run beside it; with little of it, it does as it always does.
 */
function compilerMemory(): Record<string, string> {
  const mebibytes = Math.floor(totalmem() / 4 / availableParallelism() / 2 ** 20);
  return mebibytes < 1024 ? {} : { GOGC: "off", GOMEMLIMIT: `${mebibytes}MiB` };
}

/** Puts a script in the place of an executable that calls it, or has it called, with more arguments. */
async function wrap(executable: string, args: readonly string[], startedBy?: string): Promise<void> {
  const wrapped = `${executable}.unwrapped`;
  await rename(executable, wrapped);
  const self = '"$(dirname "$(readlink -f "$0")")"';
  const words = [...(startedBy ? [startedBy] : []), basename(wrapped)].map((name) => `${self}/${name}`);
  await writeFile(executable, `#!/bin/sh\nexec ${[...words, ...args].join(" ")} "$@"\n`);
  await chmod(executable, 0o755);
}

/**
 * @param purpose what it is needed for: the first half of a sentence
 * @throws {UserError} when Go is missing or older
 */
export async function requireGo(purpose: string): Promise<void> {
  const { stdout, failed } = await execa("go", ["version"], { reject: false, cwd: modulesDir });
  if (!failed && isNewEnough(stdout)) return;
  throw new UserError(
    `${purpose}, and that takes Go ${GO_NEEDED} or later; ` +
      (failed ? "there is no go on the PATH" : `this is ${stdout}`),
    "install it from https://go.dev/dl, put its bin folder on the PATH, then run make up again",
  );
}

/** What `go` says when its proxy does not answer, as far as it is known. */
const networkTrouble =
  /dial tcp|i\/o timeout|TLS handshake|connection re(fused|set)|no such host|unexpected EOF/;

/** A failure to download is for the person at the keyboard to mend; anything else stays what it is. */
export function withRemedy(error: unknown, { name, version }: Pick<Tool, "name" | "version">): unknown {
  if (!(error instanceof CommandFailure)) return error;
  const line = error.lastLines.find((candidate) => networkTrouble.test(candidate));
  if (!line) return error;
  return new UserError(
    `the Go modules of ${name} ${version} cannot be downloaded: ${line.trim()}`,
    "check the network and go env GOPROXY, then run make up again: what was downloaded and built is kept",
  );
}
