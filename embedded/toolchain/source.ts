import { chmod, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { execa } from "execa";
import { CommandFailure, type Report, run } from "../command";
import { UserError } from "../errors";
import type { Source, Tool } from "./tools";

/** One folder with go.mod and go.sum a module. */
export const modulesDir = join(import.meta.dirname, "modules");

/** What the go.mod of Pulumi, the newest of the modules, asks for. */
const GO_NEEDED = [1, 25, 8] as const;

/** Milliseconds between two lines of progress: `go build` says nothing for minutes. */
const PROGRESS_INTERVAL = 10_000;

/** The same on every machine, whatever the user's own settings; an empty value is the default. */
const environment = { CGO_ENABLED: "0", GOOS: "", GOARCH: "", GOWORK: "off" };

/**
 * Builds a tool's executables into `folder`, in the user's own Go caches.
 * @throws {UserError} when Go is missing or too old, or modules cannot be downloaded
 */
export async function buildFromSource(tool: Tool, folder: string, report: Report): Promise<void> {
  await requireGo(tool);
  const start = Date.now();
  const progress = () => report(`building from source, ${minutes(Date.now() - start)}`);
  progress();
  const timer = setInterval(progress, PROGRESS_INTERVAL);
  try {
    for (const source of tool.sources) await build(source, folder);
    report(`built from source in ${minutes(Date.now() - start)}`);
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
export function isNewEnough(goVersion: string): boolean {
  const found = /go(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(goVersion)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (!found) return false;
  const decisive = GO_NEEDED.findIndex((needed, index) => found[index] !== needed);
  return decisive === -1 || (found[decisive] ?? 0) > (GO_NEEDED[decisive] ?? 0);
}

async function build(
  { module, packages, tags = [], stamps = {}, alwaysWith }: Source,
  folder: string,
): Promise<void> {
  const stamped = Object.entries(stamps).map(([variable, value]) => `-X ${variable}=${value}`);
  const args = [
    "build",
    "-mod=readonly",
    "-trimpath",
    `-tags=${tags.join(",")}`,
    // Nobody debugs these: without debugging information they compile in 15 % less time.
    "-gcflags=all=-dwarf=false",
    `-ldflags=${["-s", "-w", ...stamped].join(" ")}`,
    "-o",
    `${folder}/`,
    ...packages,
  ];
  await run("go", args, { log: `build-${module}`, cwd: join(modulesDir, module), env: environment });
  if (alwaysWith) await wrap(join(folder, module), alwaysWith);
}

/** Puts a script in the place of an executable that calls it with more arguments. */
async function wrap(executable: string, args: readonly string[]): Promise<void> {
  const wrapped = `${executable}.unwrapped`;
  await rename(executable, wrapped);
  const self = '"$(dirname "$(readlink -f "$0")")"';
  await writeFile(executable, `#!/bin/sh\nexec ${self}/${basename(wrapped)} ${args.join(" ")} "$@"\n`);
  await chmod(executable, 0o755);
}

async function requireGo({ name, version }: Tool): Promise<void> {
  const { stdout, failed } = await execa("go", ["version"], { reject: false, cwd: modulesDir });
  if (!failed && isNewEnough(stdout)) return;
  const needed = GO_NEEDED.join(".");
  throw new UserError(
    `${name} ${version} has to be built here, and that takes Go ${needed} or later; ` +
      (failed ? "there is no go on the PATH" : `this is ${stdout}`),
    "install it from https://go.dev/dl, put its bin folder on the PATH, then run make up again",
  );
}

/** What `go` says when its proxy does not answer, as far as it is known. */
const networkTrouble =
  /dial tcp|i\/o timeout|TLS handshake|connection re(fused|set)|no such host|unexpected EOF/;

function withRemedy(error: unknown, { name, version }: Tool): unknown {
  if (!(error instanceof CommandFailure)) return error;
  const line = error.lastLines.find((candidate) => networkTrouble.test(candidate));
  if (!line) return error;
  return new UserError(
    `the Go modules of ${name} ${version} cannot be downloaded: ${line.trim()}`,
    "check the network and go env GOPROXY, then run make up again: what was downloaded and built is kept",
  );
}

function minutes(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
