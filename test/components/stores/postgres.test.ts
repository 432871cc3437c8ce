import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { archiveScript, postgresConfig, reloadScript } from "../../../components/stores/postgres-config";
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

  it("[O13] lets no client in over the network without TLS and a password", async () => {
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
    expect(livenessProbe.exec.command[2]).to.contain("exec pg_isready --quiet --host=/var/run/postgresql");
  });

  it("[R40] restarts for what it reads at its start alone, and for no volume, certificate or log setting", async () => {
    const annotation = async (changes = {}) => {
      const { spec } = objectOf(await render(malai, settingsOf("prod", changes)), "StatefulSet", "postgres");
      return spec.template.metadata.annotations["platform/config"];
    };
    const postgres = settingsOf("prod").postgres;
    const before = await annotation();
    expect(await annotation({ postgres: { ...postgres, storage: "90Gi" } })).to.equal(before);
    expect(await annotation({ postgres: { ...postgres, maxConnections: 700 } })).to.not.equal(before);
    expect(await annotation({ postgres: { ...postgres, archive: undefined } })).to.not.equal(before);
  });

  it("[R40] is made to read its files anew by the liveness probe", async () => {
    const dev = await render(malai, settingsOf("dev"));
    const [{ livenessProbe }] = objectOf(dev, "StatefulSet", "postgres").spec.template.spec.containers;
    expect(livenessProbe.exec.command).to.deep.equal([
      "sh",
      "-c",
      "sh /etc/postgresql/reload.sh /tmp/files-read /etc/postgresql/* /etc/postgresql-tls/*; " +
        "exec pg_isready --quiet --host=/var/run/postgresql --username=postgres",
    ]);
    expect(objectOf(dev, "ConfigMap", "postgres").data["reload.sh"]).to.equal(reloadScript);
  });
});

describe("Postgres' reload script", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "reload-"));
    await writeFile(join(folder, "reload.sh"), reloadScript);
    await writeFile(join(folder, "tls.crt"), "old");
    // In place of PostgreSQL's own, which finds the server by its data folder.
    await writeFile(join(folder, "pg_ctl"), '#!/bin/sh\necho "$@" >>calls\nexit "$(cat fails)"\n', {
      mode: 0o755,
    });
    await writeFile(join(folder, "fails"), "0");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const reload = () =>
    run("sh", ["reload.sh", "read", "tls.crt"], {
      cwd: folder,
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
  const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

  it("[R40] has the server read its files when they have changed, and not otherwise", async () => {
    await reload();
    await reload();
    expect(calls(), "the first time it is unknown what it has read").to.deep.equal(["reload --silent"]);
    await writeFile(join(folder, "tls.crt"), "new");
    await reload();
    await reload();
    expect(calls()).to.deep.equal(["reload --silent", "reload --silent"]);
  });

  it("[R40] tries again when the server could not be told", async () => {
    await writeFile(join(folder, "fails"), "1");
    await reload().catch(() => undefined);
    await writeFile(join(folder, "fails"), "0");
    await reload();
    expect(calls()).to.have.length(2);
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
