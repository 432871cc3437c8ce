import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import { execa } from "execa";
import type { Tally } from "../../../bench/load/load";
import { normalizedStackFile } from "../../../operations/stack/stack-file";
import { get, kubectl, NAMESPACE } from "./cluster";
import { changes, environment, root, shell, succeed } from "./stack";

/** The service of malai that the tests release. */
export const SERVICE = "auth-service";
export const REPOSITORY = `docker.io/malai/${SERVICE}`;

const FILE = join(root, "Pulumi.dev.yaml");
const PROGRAM = ["--import", "tsx", "operations/ops.ts"];

/** `npx ops …`, as a person would after `eval "$(make -s env)"`. */
export const ops = (...args: string[]) => shell(process.execPath, ...PROGRAM, ...args);

export const release = (tag: string, ...args: string[]) =>
  ops("release", SERVICE, "--image", `:${tag}`, ...args);

/** A release, and what is done once it has said something. @returns its exit code, and everything that it said */
export async function releaseUntil(
  said: RegExp,
  act: () => Promise<unknown>,
  ...[tag, ...args]: [tag: string, ...args: string[]]
): Promise<{ exitCode?: number; all: string }> {
  const command = [...PROGRAM, "release", SERVICE, "--image", `:${tag}`, ...args];
  const options = { cwd: root, env: environment, reject: false, all: true } as const;
  const child = execa(process.execPath, command, options);
  for await (const line of child.iterable({ from: "all" })) if (said.test(line)) await act();
  const { exitCode, all } = await child;
  return { exitCode, all };
}

/** A release that can be stopped; what it says goes nowhere. */
export function releaseDetached(tag: string, ...args: string[]): ChildProcess {
  const command = [...PROGRAM, "release", SERVICE, "--image", `:${tag}`, ...args];
  return spawn(process.execPath, command, { cwd: root, env: environment, stdio: "ignore" });
}

/** Where requests without the header go: `v1 90`, `v2 10`. */
export async function sharesOf(): Promise<string[]> {
  const { spec } = await get("virtualservice", SERVICE);
  return sharesIn(spec.http.at(-1).route);
}

const sharesIn = (route: any[]): string[] =>
  route.map(({ destination, weight }) => `${destination.subset} ${weight ?? 100}`);

/** Ends at the very moment when the route has a share: whoever has given it that is still at work. */
export async function untilShare(share: string): Promise<void> {
  const route = 'jsonpath={.spec.http[-1:].route}{"\\n"}';
  const args = ["-n", NAMESPACE, "get", "virtualservice", SERVICE, "--watch", "-o", route];
  const watch = execa("kubectl", args, { env: environment, reject: false, timeout: 240_000 });
  let last = "";
  for await (const line of watch) {
    last = line;
    if (!sharesIn(JSON.parse(line)).includes(share)) continue;
    watch.kill();
    return;
  }
  throw new Error(`not within 240 s: the route says ${share}; last: ${last}`);
}

/** Kills a release, and nothing else, as soon as a route has its share: Pulumi is still at it then. */
export async function killWhen(share: string, ...args: string[]): Promise<void> {
  const child = releaseDetached("2.0.0", ...args);
  const ended = new Promise((resolve) => child.once("close", resolve));
  await untilShare(share);
  child.kill("SIGKILL");
  await ended;
}

/** What the stack's file decides; Pulumi adds its salt to it as it likes. */
const settled = (text: string) => normalizedStackFile(text, { digests: true });

/** The dev stack as it was before anything was released. */
export class Before {
  readonly #text = readFileSync(FILE, "utf8");

  /** Its file says what it said. */
  expectFile(): void {
    expect(settled(readFileSync(FILE, "utf8"))).to.deep.equal(settled(this.#text));
  }

  /** The first version serves everything, and nothing is left of another. */
  async expectTakenBack(): Promise<void> {
    expect(await sharesOf()).to.deep.equal(["v1 100"]);
    this.expectFile();
    const deployments = await kubectl("get", "deployments", "-l", `app=${SERVICE}`, "-o", "name");
    expect(deployments).to.equal(`deployment.apps/${SERVICE}`);
    expect(await changes()).to.deep.equal([]);
  }

  /** Does something from a checkout as it was then: the file says what it said, while what serves has gone on. */
  async inStaleCheckout<T>(act: () => Promise<T>): Promise<T> {
    const present = readFileSync(FILE, "utf8");
    writeFileSync(FILE, this.#text);
    try {
      return await act();
    } finally {
      writeFileSync(FILE, present);
    }
  }

  async restore(): Promise<void> {
    if (isDeepStrictEqual(settled(readFileSync(FILE, "utf8")), settled(this.#text))) return;
    writeFileSync(FILE, this.#text);
    await succeed("pulumi", "up", "--stack", "dev", "--yes", "--skip-preview");
  }
}

/** What a test has measured: in the output, for whoever reads it. */
export const tell = (lines: string): void => console.log(lines.replace(/^/gm, "        "));

/** `2130 requests, {"v1":1897,"v2":233}, 0 failed` */
export function describeTally(tally: Tally): string {
  const failures = Object.entries(tally.failures).map(([what, count]) => `${count} × ${what}`);
  return `${tally.requests} requests, ${JSON.stringify(tally.answered)}, ${failures.join(", ") || "0 failed"}`;
}
