import { expect } from "chai";
import { editStackText, readStackText, secretsIn, unquoted } from "../../stacks/stack-text";

const config = (text: string) => readStackText(text).config as Record<string, unknown>;
const tagOf = (source: string) =>
  (config(`config:\n  platform:images: {tag: ${source}}\n`) as any)["platform:images"].tag;

describe("The reader of a stack's file", () => {
  it("[R11] takes what has no quotes for what Pulumi takes it for", () => {
    const sources = [
      "2024-01-15",
      "2024_01_15",
      "0b101",
      "1e3",
      "07",
      "1.50",
      "0x1F",
      ".6_8",
      ".6_",
      "yes",
      "no",
      "1:20",
      "True",
    ];
    expect(sources.map(tagOf)).to.deep.equal([
      "2024-01-15 00:00:00 +0000 UTC",
      ...[20240115, 5, 1000, 7, 1.5, 31, 0.68],
      ".6_",
      ...["yes", "no", "1:20", true],
    ]);
  });

  it("[R11] takes what is in quotes for a text", () => {
    for (const tag of ["2024-01-15", "2024_01_15", "0b101", "1e3", "07"])
      expect(tagOf(`"${tag}"`)).to.equal(tag);
  });

  it("[R12] has a text at the top of the configuration, whatever it looks like", () => {
    const text =
      "config:\n  platform:a: 20\n  platform:b: true\n  platform:c: 9007199254740993\n  platform:d:\n";
    const expected = {
      "platform:a": "20",
      "platform:b": "true",
      "platform:c": "9007199254740993",
      "platform:d": "",
    };
    expect(config(text)).to.deep.equal(expected);
  });

  it("[R11] says which values look otherwise than they are, and where", () => {
    const text =
      'config:\n  platform:images: {tag: 07, other: "07"}\n  platform:list: [1, 1.50]\n  platform:e: 20\n';
    expect(unquoted(text)).to.deep.equal([
      { path: ["platform:images", "tag"], source: "07" },
      { path: ["platform:list"], source: "1.50" },
    ]);
  });

  it("finds encrypted values wherever they are, in braces too", () => {
    const text = "config:\n  a:key: {secure: v1:x}\n  b:map:\n    deep: [{secure: v1:y}]\n  c:secure: no\n";
    expect(secretsIn(config(text), [])).to.deep.equal([["a:key"], ["b:map", "deep"]]);
  });
});

describe("The writer of a stack's file", () => {
  const FILE = `# Of all.
config:
  platform:images:
    tag: 2024_01_15   # today's
    digests: {}
  platform:prices: {cpuHour: 0.040, memoryGiBHour: 1e-3}
  platform:on: yes
`;

  it("[R11] puts texts into quotes, and leaves everything else as it was written", () => {
    const path = ["config", "platform:services", "auth-service"];
    expect(editStackText(FILE, [{ path, value: { tag: "2024-01-15", weight: 10 } }])).to.equal(
      `${FILE.replace("   # today's", " # today's")}  platform:services:
    auth-service:
      tag: "2024-01-15"
      weight: 10
`,
    );
  });

  it("keeps the comment of a value that it replaces", () => {
    const text = editStackText(FILE, [{ path: ["config", "platform:images", "tag"], value: "07" }]);
    expect(text).to.contain('    tag: "07" # today\'s\n');
  });

  it("[R19] writes anchors out where one would carry the change to another service", () => {
    const text = `config:
  platform:services:
    auth-service: &small
      # Two, so that one may go.
      replicas: {min: 2, max: 4}
    event-service: *small # the same
    payment-service:
      <<: *small
      version: v7
`;
    const path = ["config", "platform:services", "event-service", "tag"];
    expect(editStackText(text, [{ path, value: "2.0.0" }])).to.equal(`config:
  platform:services:
    auth-service:
      # Two, so that one may go.
      replicas: {min: 2, max: 4}
    event-service:
      # Two, so that one may go.
      replicas: {min: 2, max: 4}
      tag: "2.0.0"
      # the same
    payment-service:
      replicas: {min: 2, max: 4}
      version: v7
`);
  });

  it("[R19] leaves anchors alone that have nothing to do with the change", () => {
    const text = "config:\n  platform:a: &a {x: 1}\n  platform:b: *a\n  platform:c: {y: 2}\n";
    expect(editStackText(text, [{ path: ["config", "platform:c", "z"], value: 3 }])).to.equal(
      text.replace("{y: 2}", "{y: 2, z: 3}"),
    );
  });

  it("[R19] takes away what came by an anchor or a merge, there only", () => {
    const text =
      "config:\n  platform:a: &a {x: 1, y: 2}\n  platform:b: *a\n  platform:c:\n    <<: [*a]\n    z: 3\n";
    const edits = ["platform:b", "platform:c"].map((key) => ({ path: ["config", key, "x"] }));
    expect(config(editStackText(text, edits))).to.deep.equal({
      "platform:a": { x: 1, y: 2 },
      "platform:b": { y: 2 },
      "platform:c": { y: 2, z: 3 },
    });
  });

  it("writes into a file that has nothing yet", () => {
    for (const text of ["", "# nothing\n", "config:\n", "config:\n  platform:a:\n"]) {
      const written = editStackText(text, [{ path: ["config", "platform:a", "b"], value: "c" }]);
      expect(config(written)).to.deep.equal({ "platform:a": { b: "c" } });
    }
  });

  it("refuses what is not YAML, with the line", () => {
    expect(() => editStackText("config:\n  a: [1\n", [])).to.throw(/line \d/);
  });
});
