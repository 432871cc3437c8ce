import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Report, run } from "../command";
import type { Download, Tool } from "./tool";

/** Milliseconds until a publisher must have answered, and that a download may stand still. */
const ANSWER_TIMEOUT = 4000;
const STALL_TIMEOUT = 15_000;

/** A publisher answered, but not with what was asked for. */
class Refused extends Error {}

/** Official downloads. After the first publisher that cannot be reached, none is asked again in this run. */
export class Publishers {
  private away = false;

  /**
   * Downloads a tool's executables into `folder`.
   * @returns whether the publisher has it, can be reached, and the checksums are right
   */
  async download(tool: Tool, folder: string, report: Report): Promise<boolean> {
    if (this.away || !tool.downloads) return false;
    try {
      for (const file of tool.downloads) await fetchInto(folder, file, report);
      return true;
    } catch (error) {
      this.away = !(error instanceof Refused);
      report(`no official download: ${(error as Error).message}`);
      return false;
    }
  }
}

async function fetchInto(
  folder: string,
  { url, checksums, within }: Download,
  report: Report,
): Promise<void> {
  const name = basename(url);
  const expected = checksumIn(await (await answer(checksums)).text(), name);
  report(`downloading ${name}`);
  const file = join(folder, name);
  const found = await save(url, file);
  if (found !== expected) {
    throw new Refused(
      `${url} has the SHA-256 ${found}, and should have ${expected ?? "one that its publisher tells"}`,
    );
  }
  if (name.endsWith("gz")) await unpack(file, folder, within);
  else await chmod(file, 0o755);
}

/** Finds the checksum of `name` in a file that holds only that, or lines of checksums and names. */
function checksumIn(text: string, name: string): string | undefined {
  const lines = text.trim().split("\n");
  const line =
    lines.length === 1 ? lines[0] : lines.find((candidate) => candidate.trim().endsWith(` ${name}`));
  return line && /^[0-9a-f]{64}\b/.exec(line)?.[0];
}

/** Writes what `url` holds to `file`, and returns its SHA-256. */
async function save(url: string, file: string): Promise<string> {
  const stalled = new AbortController();
  const { body } = await answer(url, stalled.signal);
  if (!body) throw new Refused(`${url} is empty`);
  const hash = createHash("sha256");
  const timer = setTimeout(() => stalled.abort(new Error(`${url} stands still`)), STALL_TIMEOUT);
  try {
    await pipeline(
      body,
      async function* watch(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          timer.refresh();
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file),
    );
  } finally {
    clearTimeout(timer);
  }
  return hash.digest("hex");
}

/** The publisher's answer, its headers so far. By way of the proxy of the environment, which Node's own fetch passes by. */
async function answer(url: string, signal?: AbortSignal) {
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_TIMEOUT);
  const signals = signal ? [signal, late.signal] : [late.signal];
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any(signals),
      dispatcher: new EnvHttpProxyAgent(),
    });
    if (!response.ok) throw new Refused(`${url} answered ${response.status}`);
    return response;
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Error(`${new URL(url).host} cannot be reached`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function unpack(archive: string, folder: string, within?: string): Promise<void> {
  const args = ["--extract", "--file", archive, "--directory", folder, "--no-same-owner"];
  if (within) args.push("--strip-components=1", within);
  await run("tar", args, { log: "download" });
  await rm(archive);
}
