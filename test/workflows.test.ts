import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pulumi from "@pulumi/pulumi/package.json" with { type: "json" };
import { expect } from "chai";
import { execa } from "execa";
import { parse } from "yaml";
import { projectDir } from "../stacks/stack-file";
import { ensureScanner } from "./support/scanners";

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  needs?: string;
  /** Another workflow, in the place of steps. */
  uses?: string;
  environment?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  steps?: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const folder = join(projectDir, ".github", "workflows");
const files = readdirSync(folder).sort();
const workflows: Record<string, Workflow> = Object.fromEntries(
  files.map((file) => [file.replace(/\.yaml$/, ""), parse(readFileSync(join(folder, file), "utf8"))]),
);
const jobs = Object.entries(workflows).flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ id: `${file}/${name}`, ...job, steps: job.steps ?? [] })),
);

/** Milliseconds; the first time ever it is built from source. */
const BUILD_TIMEOUT = 600_000;

describe("Workflows", () => {
  describe("actionlint", () => {
    let program: string;
    before(async function () {
      this.timeout(BUILD_TIMEOUT);
      program = await ensureScanner("actionlint");
    });

    it("[C5] [C6] finds nothing to say about any of them", async () => {
      expect(files).to.deep.equal(["ci.yaml", "main.yaml", "pull-request.yaml"]);
      expect(await findings(folder)).to.deep.equal([]);
    });

    it("finds what is wrong where something is", async () => {
      const bad = mkdtempSync(join(tmpdir(), "workflows-"));
      try {
        mkdirSync(join(bad, "workflows"));
        writeFileSync(
          join(bad, "workflows", "bad.yaml"),
          "on: push\njobs:\n  one:\n    needs: two\n    runs-on: ubuntu-24.04\n    steps:\n      - if: weather.sunny\n        run: echo\n",
        );
        expect((await findings(join(bad, "workflows"))).map(({ kind }) => kind)).to.have.members([
          "job-needs",
          "expression",
        ]);
      } finally {
        rmSync(bad, { recursive: true });
      }
    });

    /** Without the linters it would take from the PATH: what is found must not depend on the machine. */
    async function findings(of: string): Promise<{ kind: string; message: string }[]> {
      const paths = readdirSync(of).map((file) => join(of, file));
      const { stdout } = await execa(
        program,
        ["-shellcheck=", "-pyflakes=", "-format", "{{json .}}", ...paths],
        { reject: false },
      );
      return JSON.parse(stdout);
    }
  });

  it("[C5] previews dev and prod on a pull request, and comments once on both", () => {
    const steps = runsOf("pull-request", "preview");
    expect(steps.join("\n")).to.match(/pulumi preview --stack dev --json --show-sames/);
    expect(steps.join("\n")).to.match(/pulumi preview --stack prod --json --show-sames/);
    expect(steps.filter((run) => /npx ops review/.test(run))).to.have.length(1);
    expect(steps.find((run) => /npx ops review/.test(run))).to.match(/dev\.json.*prod\.json/);
    expect(steps.filter((run) => /--method PATCH/.test(run))).to.have.length(1);
  });

  it("[C5] changes nothing on a pull request: nothing in it runs pulumi up", () => {
    const texts = Object.values(workflows["pull-request"]?.jobs ?? {}).flatMap(({ steps = [] }) =>
      steps.map((step) => JSON.stringify([step.run, step.with?.command])),
    );
    expect(
      texts.filter((text) => /pulumi (up|destroy|refresh)|"(up|destroy|refresh)"/.test(text)),
    ).to.deep.equal([]);
  });

  it("[C6] brings a cluster's Istio up, then dev, and then verifies it", () => {
    const steps = ["up istio", "npx ops up --stack dev", "npx ops verify --stack dev"];
    expect(order("main", "dev", steps)).to.deep.equal(steps);
  });

  it("[R60] gives dev only what has passed every test, by the same workflow as pull requests", () => {
    const { checks, dev } = workflows.main?.jobs ?? {};
    expect(checks?.uses).to.equal("./.github/workflows/ci.yaml");
    expect(dev?.needs).to.equal("checks");
    expect(Object.keys(workflows.ci?.on ?? {})).to.deep.equal(["workflow_call", "pull_request"]);
  });

  it("[R60] brings platforms up by ops alone, which refuses while a release is under way", () => {
    const actions = jobs.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.with?.command === "up" ? [step.with["stack-name"]] : [])),
    );
    expect(actions).to.deep.equal(["istio", "istio-prod"]);
    const scripts = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(scripts.filter((run) => /^\s*pulumi up/m.test(run))).to.deep.equal([]);
  });

  it("[C6] lets prod wait for a verified dev and for an approval", () => {
    expect(workflows.main?.jobs.prod).to.include({ needs: "dev", environment: "production" });
  });

  it("[C6] gives prod what was promoted from dev, and nothing before", () => {
    const steps = ["npx ops promote dev prod --yes", "up istio-prod", "npx ops up --stack prod"];
    expect(order("main", "prod", steps)).to.deep.equal(steps);
  });

  it("[C6] updates a stack once at a time, and never breaks an update off", () => {
    for (const stack of ["dev", "prod"]) {
      expect(workflows.main?.jobs[stack]).to.deep.include({
        concurrency: { group: `stack-${stack}`, "cancel-in-progress": false },
      });
    }
  });

  it("[O13] gives no job more than it needs: who may write, and what", () => {
    expect(Object.values(workflows).map(({ permissions }) => permissions)).to.deep.equal([{}, {}, {}]);
    const writers = jobs.flatMap(({ id, permissions = {} }) =>
      Object.entries(permissions).flatMap(([scope, access]) =>
        access === "write" ? [`${id}: ${scope}`] : [],
      ),
    );
    expect(writers.sort()).to.deep.equal([
      "main/record: contents",
      "main/record: pull-requests",
      "pull-request/preview: pull-requests",
    ]);
  });

  it("[O13] gives secrets only to jobs with a GitHub environment, which can ask for an approval", () => {
    const withSecrets = jobs.filter((job) => /\$\{\{\s*secrets\./.test(JSON.stringify(job)));
    expect(withSecrets.map(({ id, environment }) => [id, environment])).to.deep.equal([
      ["main/dev", "development"],
      ["main/prod", "production"],
      ["pull-request/preview", "preview"],
    ]);
  });

  it("[O13] pins every action to a commit", () => {
    const used = jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(used).to.have.length.above(10);
    expect(used.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).to.deep.equal([]);
  });

  it("puts no expression into a script, where a title of a pull request would run", () => {
    const scripts = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(scripts.filter((run) => run.includes("${{"))).to.deep.equal([]);
  });

  it("ends every job in time", () => {
    // One that calls another workflow may have none: that has its own.
    expect(jobs.filter((job) => !job.uses && !job["timeout-minutes"]).map(({ id }) => id)).to.deep.equal([]);
  });

  it("installs the Pulumi CLI of the SDK's version", () => {
    const versions = jobs.flatMap(({ steps }) =>
      steps.flatMap((step) =>
        step.uses?.startsWith("pulumi/actions@") ? [step.with?.["pulumi-version"]] : [],
      ),
    );
    expect(versions).to.have.length(3);
    expect(versions.filter((version) => version !== pulumi.version)).to.deep.equal([]);
  });
});

function runsOf(file: string, job: string): string[] {
  return workflows[file]?.jobs[job]?.steps?.flatMap(({ run }) => run ?? []) ?? [];
}

/** Those of the titles that a job has, in its own order; `up dev` stands for the action that does it. */
function order(file: string, job: string, titles: string[]): string[] {
  const steps = workflows[file]?.jobs[job]?.steps ?? [];
  return steps.flatMap((step) => {
    const text = step.run ?? `${step.with?.command} ${step.with?.["stack-name"]}`;
    return titles.filter((one) => text.includes(one));
  });
}
