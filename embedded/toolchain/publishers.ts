import { createWriteStream } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Response } from "undici";
import { sha256Of } from "../cache";
import { type Report, run } from "../command";
import type { Download, Tool } from "./tool";

/** Milliseconds until a publisher must have answered, and that a download may stand still. */
const ANSWER_TIMEOUT = 4000;
const STALL_TIMEOUT = 15_000;

/** A publisher answered, but not with what was asked for. */
class Refused extends Error {}

/** Official downloads. After the first publisher that cannot be reached, none is asked again in this run. */
export class Publishers {
  private unreachable = false;

  /**
   * Downloads a tool's executables into `folder`.
   * @returns whether the publisher has it, can be reached, and the checksums are right
   */
  async download(tool: Tool, folder: string, report: Report): Promise<boolean> {
    if (this.unreachable || !tool.downloads) return false;
    try {
      for (const file of tool.downloads) await fetchInto(folder, file, report);
      return true;
    } catch (error) {
      this.unreachable = !(error instanceof Refused);
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
  const { body } = await answer(url);
  if (!body) throw new Refused(`${url} is empty`);
  await pipeline(body, createWriteStream(file)).catch((cause) => {
    throw new Error(`${url} stands still, or its connection was cut`, { cause });
  });
  const found = await sha256Of(file);
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

/** The publisher's answer, its headers so far. By way of the proxy of the environment, which Node's own fetch passes by. */
async function answer(url: string): Promise<Response> {
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const connect = { timeout: ANSWER_TIMEOUT };
  const dispatcher = new EnvHttpProxyAgent({
    connect,
    proxyTls: connect,
    headersTimeout: ANSWER_TIMEOUT,
    bodyTimeout: STALL_TIMEOUT,
  });
  const response = await fetch(url, { dispatcher }).catch((error) => {
    throw new Error(`${new URL(url).host} cannot be reached`, { cause: error });
  });
  if (!response.ok) throw new Refused(`${url} answered ${response.status}`);
  return response;
}

async function unpack(archive: string, folder: string, within?: string): Promise<void> {
  const args = ["--extract", "--file", archive, "--directory", folder, "--no-same-owner"];
  if (within) args.push("--strip-components=1", within);
  await run("tar", args, { log: "download" });
  await rm(archive);
}
