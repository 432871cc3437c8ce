import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { CommandFailure } from "../../embedded/command";
import { formatSeconds } from "../../embedded/format-seconds";
import { type Phase, PhaseFailure, runPhases } from "../../embedded/phases";

/** Notes when each phase begins and ends. */
function notingPhases(...titles: string[]) {
  const notes: string[] = [];
  const phases = titles.map(
    (title): Phase => ({
      title,
      async run() {
        notes.push(`${title} begins`);
        await sleep(20);
        notes.push(`${title} ends`);
      },
    }),
  );
  return { notes, phases };
}

describe("Phases", () => {
  it("run one after the other, those of a group together", async () => {
    const { notes, phases } = notingPhases("one", "two", "three");
    const [one, two, three] = phases as [Phase, Phase, Phase];
    await runPhases([one, { title: "both", concurrent: [two, three] }], "silent");
    expect(notes.slice(0, 4)).to.deep.equal(["one begins", "one ends", "two begins", "three begins"]);
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
    const failing = {
      title: "Tools",
      run: () =>
        Promise.reject(new CommandFailure("go build", "exit code 1", ["no space left"], "/logs/go.log")),
    };
    const error = await runPhases([failing, ...phases], "silent").catch((error) => error);
    expect(error).to.be.instanceOf(PhaseFailure);
    expect(error.message.split("\n")).to.deep.equal([
      "Tools failed after 0.0 s",
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
