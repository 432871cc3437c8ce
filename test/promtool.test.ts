import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { scrapeText } from "../components/monitoring/scrape";
import { planOf } from "../stacks/plan";
import { settingsOf } from "./support/render";
import { ensureScanner } from "./support/scanners";

describe("Prometheus' own checker", function () {
  // Built from source where it is missing.
  this.timeout(900_000);
  let program: string;
  let folder: string;
  before(async () => {
    program = await ensureScanner("promtool");
    folder = await mkdtemp(join(tmpdir(), "promtool-"));
  });
  after(() => rm(folder, { recursive: true }));

  /** What promtool says of a configuration, and whether it accepts it. The certificates are only in the pod. */
  async function check(text: string): Promise<{ accepted: boolean; output: string }> {
    const file = join(folder, "prometheus.yml");
    await writeFile(file, text);
    const { exitCode, all } = await execa(program, ["check", "config", "--syntax-only", file], {
      reject: false,
      all: true,
    });
    return { accepted: exitCode === 0, output: all };
  }

  for (const stack of ["dev", "prod", "dealcycle-dev", "dealcycle-prod"]) {
    it(`[D6] accepts the scrape configuration of ${stack}`, async () => {
      const { accepted, output } = await check(scrapeText(planOf(settingsOf(stack))));
      expect(accepted, output).to.equal(true);
    });
  }

  it("would refuse one that is wrong", async () => {
    const text = scrapeText(planOf(settingsOf("dev"))).replace(
      "scrape_interval: 10s",
      "scrape_interval: soon",
    );
    const { accepted, output } = await check(text);
    expect(accepted).to.equal(false);
    expect(output).to.contain('not a valid duration string: "soon"');
  });
});
