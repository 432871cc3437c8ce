import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { archiveScript, postgresConfig } from "../../../components/stores/postgres-config";
import { malai } from "../../../platforms/malai";
import { objectOf, render, settingsOf } from "../../support/render";

const run = promisify(execFile);

/** The settings of a stack's postgresql.conf. */
function configOf(stack: string): Record<string, string> {
  const lines = postgresConfig(settingsOf(stack).postgres).trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(" = ") as [string, string]));
}

describe("Postgres", () => {
  it("is tuned to its memory limit and its volume", () => {
    expect(configOf("prod")).to.include({
      shared_buffers: "1024MB",
      effective_cache_size: "3072MB",
      maintenance_work_mem: "256MB",
      max_wal_size: "5120MB",
      max_connections: "600",
    });
    expect(configOf("dev")).to.include({ shared_buffers: "128MB", work_mem: "1MB", max_wal_size: "102MB" });
  });

  it("[O13] lets nobody in over the network without TLS and a password", async () => {
    const { data } = objectOf(await render(malai, settingsOf("dev")), "ConfigMap", "postgres");
    expect(data["pg_hba.conf"].trim().split("\n")).to.deep.equal([
      "local all postgres peer",
      "hostssl all all all scram-sha-256",
    ]);
    expect(configOf("dev")).to.include({ ssl: "on" });
  });

  it("[O13] archives its log where the stack says so, at the latest after five minutes", () => {
    expect(configOf("prod")).to.include({
      archive_mode: "on",
      wal_level: "replica",
      archive_timeout: "300s",
      archive_command: `'sh /etc/postgresql/archive.sh "%p" "%f"'`,
    });
    expect(configOf("dev")).to.not.include.keys("archive_mode", "archive_command");
  });

  it("is asked over the network whether it is ready, and over its socket whether it lives", async () => {
    const { spec } = objectOf(await render(malai, settingsOf("dev")), "StatefulSet", "postgres");
    const [{ readinessProbe, livenessProbe }] = spec.template.spec.containers;
    expect(readinessProbe.exec.command).to.include("--host=127.0.0.1");
    expect(livenessProbe.exec.command).to.include("--host=/var/run/postgresql");
  });
});

describe("Postgres' archive command", () => {
  const segment = "000000010000000000000001";
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "archive-"));
    await writeFile(join(folder, "archive.sh"), archiveScript);
    await writeFile(join(folder, "wal"), "what was written");
    await run("mkdir", [join(folder, "archive")]);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const archive = () =>
    run("sh", ["archive.sh", "wal", segment], {
      cwd: folder,
      env: { ...process.env, ARCHIVE: join(folder, "archive") },
    });
  const archived = () => gunzipSync(readFileSync(join(folder, "archive", `${segment}.gz`))).toString();

  it("keeps the file, and leaves nothing half made", async () => {
    await archive();
    expect(archived()).to.equal("what was written");
    expect(await readdir(join(folder, "archive"))).to.deep.equal([`${segment}.gz`]);
  });

  it("takes the same file again, as after a crash", async () => {
    await archive();
    await archive();
    expect(archived()).to.equal("what was written");
  });

  it("never writes over a file with other content, and says so", async () => {
    await archive();
    await writeFile(join(folder, "wal"), "something else");
    const { stderr } = await archive().then(
      () => ({ stderr: "it was accepted" }),
      (error) => error,
    );
    expect(stderr).to.contain(`${segment}.gz is there already, with other content`);
    expect(archived()).to.equal("what was written");
  });

  it("starts again after it was interrupted", async () => {
    await writeFile(join(folder, "archive", `${segment}.gz.partial`), "hal");
    await archive();
    expect(archived()).to.equal("what was written");
  });
});
