import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import { execa } from "execa";
import fc from "fast-check";
import { toolchain } from "../../embedded/toolchain";
import { withoutRelease, withRelease, withReleased } from "../../operations/release/edit";
import { withDigests } from "../../operations/stack/stack-file";
import { readStackText } from "../../stacks/stack-text";

/** To try the same again: FUZZ_SEED=… */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** Milliseconds for all runs of one property: each calls Pulumi, which takes a quarter of a second. */
const TIME = 6_000;

const parameters = { seed, interruptAfterTimeLimit: TIME, endOnFailure: true, numRuns: 20 } as const;

/** What stands without quotes in a file: numbers of every spelling, dates, and what only looks like them. */
const scalar = fc
  .oneof(
    fc.stringMatching(/^[-+]?(0[xXbBoO]?)?[0-9a-f_]{1,8}$/),
    fc.stringMatching(/^[-+]?[0-9_]{0,4}\.?[0-9_]{0,4}([eE][-+]?[0-9]{1,2})?$/),
    fc.stringMatching(/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$/),
    fc.stringMatching(
      /^20[0-9]{2}-0[1-9]-[12][0-9][Tt ]1[0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,10})?(Z|\+0[1-9]:30)?$/,
    ),
    fc.stringMatching(/^v?[0-9]{1,3}(\.[0-9]{1,3}){0,2}(-[a-z0-9]{1,5})?$/),
    fc.constantFrom(
      "yes",
      "No",
      "on",
      "OFF",
      "y",
      "n",
      "true",
      "True",
      "tRUE",
      "FALSE",
      "null",
      "Null",
      "~",
      "nil",
    ),
    fc.constantFrom(
      "1:20",
      "0o17",
      "08",
      "-0",
      "+5",
      "=",
      "<<",
      "9007199254740993",
      "18446744073709551616",
      "1e400",
    ),
  )
  // A dash alone begins a list.
  .filter((text) => text !== "-");

/** Whatever a registry takes as a tag. */
const tag = fc.oneof(
  fc.stringMatching(/^\w[\w.-]{0,12}$/),
  scalar.filter((text) => /^\w[\w.-]{0,127}$/.test(text)),
);

const FILE = `# By hand.
config:
  platform:images: {tag: 1.0.0, registry: docker.io/malai} # all
  platform:services:
    auth-service: &big
      replicas: {min: 3, max: 10}
    event-service: *big
    payment-service:
      <<: *big
      version: v7
  platform:prices:
    cpuHour: 0.040
`;

describe(`Stack files and the Pulumi CLI, with FUZZ_SEED=${seed}`, () => {
  let folder: string;
  const path = () => join(folder, "Pulumi.fuzz.yaml");
  const text = () => readFileSync(path(), "utf8");
  const write = (content: string) => writeFileSync(path(), content);

  async function pulumi(...args: string[]): Promise<string> {
    const env = {
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "of a test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const { stdout } = await execa(toolchain().path("pulumi"), ["--non-interactive", ...args], {
      cwd: folder,
      env,
    });
    return stdout;
  }

  /** The configuration as Pulumi hands it to the program. */
  async function asPulumiReads(): Promise<Record<string, unknown>> {
    const all: Record<string, { value: string; objectValue?: unknown }> = JSON.parse(
      await pulumi("config", "--json"),
    );
    const entries = Object.entries(all).map(([key, { value, objectValue }]) => [key, objectValue ?? value]);
    return Object.fromEntries(entries);
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "stack-file-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: fuzz\nruntime: nodejs\n");
    await pulumi("stack", "init", "fuzz");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("[R11] are read as Pulumi reads them, value for value", async () => {
    const many = fc.array(scalar, { minLength: 60, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(many, async (all) => {
        const nested = all.map((one, index) => `    k${index}: ${one}\n`).join("");
        const top = all.map((one, index) => `  platform:k${index}: ${one}\n`).join("");
        write(`config:\n  platform:nested:\n${nested}${top}`);
        const [ours, theirs] = [readStackText(text()).config as any, (await asPulumiReads()) as any];
        const differing = all.flatMap((source, index) => {
          const key = `k${index}`;
          const [nested, top] = [ours["platform:nested"][key], ours[`platform:${key}`]];
          const read = [theirs["platform:nested"][key], theirs[`platform:${key}`]];
          return isDeepStrictEqual([nested, top], read) ? [] : [{ source, nested, top, read }];
        });
        expect(differing).to.deep.equal([]);
      }),
      parameters,
    );
  });

  it("[R11] [R12] [R19] keep what ops and pulumi config set have written, whoever writes next", async () => {
    const service = fc.constantFrom("auth-service", "event-service", "payment-service", "api-gateway");
    const value = fc.oneof(tag, fc.constantFrom("20", "true", "0.04", "null", "", "a: b #c", "{x", "- y"));
    await fc.assert(
      fc.asyncProperty(service, tag, value, tag, async (name, released, set, next) => {
        const release = { strategy: "canary", version: "v2", weight: 10, schema: "compatible" } as const;
        write(withRelease(FILE, name, { ...release, tag: released }));
        await pulumi("config", "set", "--path", "platform:configuration.LIMIT", "--", set);
        const during = await asPulumiReads();
        expect((during as any)["platform:services"][name].release.tag, "the release's tag").to.equal(
          released,
        );
        expect(String((during as any)["platform:configuration"].LIMIT), "what was set").to.equal(set);

        write(withReleased(text(), name, { version: "v3", tag: next }));
        write(withDigests(text(), { redis: `sha256:${"a".repeat(64)}` }));
        const { "platform:services": services, "platform:images": images, ...others } = await asPulumiReads();
        const { release: _, ...own } = (during as any)["platform:services"][name];
        expect(services).to.deep.equal({
          ...(during["platform:services"] as object),
          [name]: { ...own, version: "v3", tag: next },
        });
        expect(images).to.deep.equal({
          tag: "1.0.0",
          registry: "docker.io/malai",
          digests: { redis: `sha256:${"a".repeat(64)}` },
        });
        expect(others).to.deep.equal({
          "platform:configuration": during["platform:configuration"],
          "platform:prices": { cpuHour: 0.04 },
        });
        expect(text()).to.contain("# By hand.");
        expect(readStackText(withoutRelease(text(), name)).config).to.deep.equal(await asPulumiReads());
      }),
      parameters,
    );
  });
});
