import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { UserError } from "../../../operations/errors";
import { readCheckout } from "../../../operations/promotion/commit";
import { output } from "../../../operations/stack/command";
import { readStack, withDigests } from "../../../operations/stack/stack-file";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

const file = `# malai for real.
config:
  platform:catalog: malai
  # Three replicas.
  platform:defaults:
    replicas: {min: 3, max: 10}
  platform:images:
    tag: 1.0.0 # of every service
`;

describe("A stack's file", () => {
  it("[C6] gets the digests of a promotion, and keeps its comments and everything else", () => {
    const written = withDigests(file, { redis: digest("b"), "auth-service": digest("a") });
    expect(written).to.equal(
      `${file}    digests:\n      auth-service: "${digest("a")}"\n      redis: "${digest("b")}"\n`,
    );
  });

  it("[C6] gets them where it said nothing about images", () => {
    const text = "config:\n  platform:catalog: malai\n";
    expect(parse(withDigests(text, { nginx: digest("c") }))).to.deep.equal({
      config: { "platform:catalog": "malai", "platform:images": { digests: { nginx: digest("c") } } },
    });
  });

  it("[C6] is the same after the same promotion", () => {
    const once = withDigests(file, { nginx: digest("c") });
    expect(withDigests(once, { nginx: digest("c") })).to.equal(once);
  });

  it("[C6] pins the images of the plan, the stores' included", () => {
    const folder = mkdtempSync(join(tmpdir(), "stack-file-"));
    try {
      const text = `${file}  platform:context: production\n  platform:certificate: {secret: tls}\n`;
      writeFileSync(
        join(folder, "Pulumi.prod.yaml"),
        withDigests(text, { postgres: digest("d"), "auth-service": digest("a") }),
      );
      const { plan } = readStack("prod", folder);
      expect(plan.images.postgres).to.match(new RegExp(`/postgres:[^@]+@${digest("d")}$`));
      expect(plan.services.find(({ name }) => name === "auth-service")?.image).to.equal(
        `docker.io/malai/auth-service:1.0.0@${digest("a")}`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is asked for by a name that exists", () => {
    const said =
      'there is no stack "staging": Pulumi.staging.yaml does not exist\n  take one of: dealcycle-dev, ';
    expect(() => readStack("staging")).to.throw(UserError, said);
  });
});

describe("A checkout", () => {
  let folder: string;
  const git = (...args: string[]) =>
    output("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], { cwd: folder });
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "checkout-"));
    await git("init", "--quiet");
    put("Pulumi.prod.yaml", file);
    put("index.ts", "1\n");
    await git("add", ".");
    await git("commit", "--quiet", "--message", "First");
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    put("Pulumi.prod.yaml", file);
    put("index.ts", "1\n");
  });

  it("[C6] names its commit", async () => {
    const commit = (await git("rev-parse", "HEAD")).trim();
    expect(await readCheckout(undefined, folder)).to.deep.equal({ commit, changed: [] });
  });

  it("[C6] names what is not committed, new files included", async () => {
    put("index.ts", "2\n");
    put("new file.ts", "\n");
    put("Pulumi.prod.yaml", file.replace("max: 10", "max: 9"));
    const { changed } = await readCheckout("prod", folder);
    rmSync(join(folder, "new file.ts"));
    expect(changed).to.have.members(["index.ts", "new file.ts", "Pulumi.prod.yaml"]);
  });

  it("[C6] is clean with the salt that Pulumi adds, and with the digests that a promotion writes", async () => {
    put("Pulumi.prod.yaml", `encryptionsalt: v1:abc=\n${withDigests(file, { nginx: digest("c") })}`);
    expect((await readCheckout("prod", folder)).changed).to.deep.equal([]);
    // Elsewhere digests decide about what runs.
    expect((await readCheckout("dev", folder)).changed).to.deep.equal(["Pulumi.prod.yaml"]);
  });
});
