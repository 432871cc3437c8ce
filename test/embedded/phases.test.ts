import { mock } from "node:test";
import { expect } from "chai";
import { CommandFailure } from "../../embedded/command";
import { type Phase, PhaseFailure, runPhases } from "../../embedded/phases";
import { formatSeconds } from "../../operations/format-seconds";
import { gate } from "../support/gate";
import { until } from "../support/until";

/** Notes when each phase begins and ends; it ends when its gate is open. */
function notingPhases(...titles: string[]) {
  const notes: string[] = [];
  const phases = titles.map((title): Phase & { end: () => void } => {
    const { opened, open } = gate();
    return {
      title,
      end: open,
      async run() {
        notes.push(`${title} begins`);
        await opened;
        notes.push(`${title} ends`);
      },
    };
  });
  return { notes, phases };
}

describe("Phases", () => {
  afterEach(() => mock.timers.reset());

  it("run one after the other, those of a group together", async () => {
    const { notes, phases } = notingPhases("one", "two", "three");
    const [one, two, three] = phases as [(typeof phases)[0], (typeof phases)[0], (typeof phases)[0]];
    const begun = (title: string) =>
      until(
        `${title} begins`,
        40,
        async () => notes,
        (all) => all.includes(`${title} begins`),
      );
    const run = runPhases([one, { title: "both", concurrent: [two, three] }], "silent");
    await begun("one");
    one.end();
    await begun("two");
    await begun("three");
    expect(notes).to.deep.equal(["one begins", "one ends", "two begins", "three begins"]);
    two.end();
    three.end();
    await run;
    expect(notes.slice(4)).to.have.members(["two ends", "three ends"]);
  });

  it("tell what was done: what they return, else the last line they reported, else unchanged", async () => {
    const phases: Phase[] = [
      { title: "returns", run: async () => "3 built" },
      {
        title: "reports",
        run: async (report) => {
          report("starting etcd");
          report("starting kubelet");
        },
      },
      { title: "idles", run: async () => undefined },
    ];
    const results = await runPhases(phases, "silent");
    expect(results.map(({ title, outcome }) => [title, outcome])).to.deep.equal([
      ["returns", "3 built"],
      ["reports", "starting kubelet"],
      ["idles", "unchanged"],
    ]);
  });

  it("stop at the first failure, which names the phase and has the command's last words", async () => {
    const { notes, phases } = notingPhases("after");
    mock.timers.enable({ apis: ["Date"] });
    const failing = {
      title: "Tools",
      run: async () => {
        mock.timers.tick(1_500);
        throw new CommandFailure("go build", "exit code 1", ["no space left"], "/logs/go.log");
      },
    };
    const error = await runPhases([failing, ...phases], "silent").catch((error) => error);
    expect(error).to.be.instanceOf(PhaseFailure);
    expect(error.message.split("\n")).to.deep.equal([
      "Tools failed after 1.5 s",
      "go build: exit code 1",
      "  | no space left",
      "  log: /logs/go.log",
    ]);
    expect(notes).to.deep.equal([]);
  });

  it("show times as people say them", () => {
    expect([0.04, 9.94, 12.4, 59.6, 185].map(formatSeconds)).to.deep.equal([
      "0.0 s",
      "9.9 s",
      "12 s",
      "1 min 00 s",
      "3 min 05 s",
    ]);
  });
});
