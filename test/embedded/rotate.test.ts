import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { rotateAll } from "../../embedded/rotate";
import { until } from "../support/until";

describe("Logs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "logs-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are begun anew when they have grown too long, below a daemon that goes on writing", async () => {
    const log = join(folder, "daemon.log");
    const output = openSync(log, "a");
    const daemon = spawn("sh", ["-c", "while read line; do echo $line; done"], {
      stdio: ["pipe", output, "inherit"],
    });
    closeSync(output);
    const writes = async (line: string) => {
      daemon.stdin?.write(`${line}\n`);
      await until(
        `${line} is in the log`,
        100,
        async () => readFileSync(log, "utf8"),
        (text) => text.includes(line),
      );
    };
    await writes("first");
    await writes("second");
    rotateAll(folder, 10);
    await writes("third");
    daemon.stdin?.end();
    await once(daemon, "exit");
    expect(readFileSync(log, "utf8")).to.equal("third\n");
    expect(readFileSync(`${log}.1`, "utf8")).to.equal("first\nsecond\n");
  });

  it("stay as they are while they are short, and what is no log too", () => {
    writeFileSync(join(folder, "short.log"), "short");
    writeFileSync(join(folder, "pods"), "longer than that");
    rotateAll(folder, 10);
    expect(readdirSync(folder).sort()).to.deep.equal(["pods", "short.log"]);
  });
});
