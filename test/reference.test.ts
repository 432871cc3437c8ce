import { readFileSync } from "node:fs";
import { expect } from "chai";
import { z } from "zod";
import { pages } from "../docs/reference/pages";
import { settingsOf } from "../docs/reference/settings";
import { settingsSchema } from "../model/settings";
import { istioSettingsSchema } from "../model/settings/istio";

describe("The reference", () => {
  for (const [name, text] of Object.entries(pages())) {
    it(`is in docs/${name} as the source says it; else run npm run docs:reference`, () => {
      expect(readFileSync(`docs/${name}`, "utf8")).to.equal(text);
    });

    it(`has no empty description in docs/${name}`, () => {
      expect(text.split("\n").filter((line) => /^\| `.*\| +\|$/.test(line))).to.deep.equal([]);
    });
  }

  for (const schema of [settingsSchema, istioSettingsSchema]) {
    it(`has each of ${Object.keys(schema.shape).length} top settings with a type, a default and an example`, () => {
      const settings = settingsOf(schema);
      const top = new Set(settings.map(({ path }) => path.replace(/[.[].*/, "")));
      expect([...top]).to.have.members(Object.keys(schema.shape));
      const values = settings.filter(({ type }) => type !== "group");
      const lacking = values.filter(
        (one) => !one.type || !one.default || /^(?:`\{\}`|`\[\]`|)$/.test(one.example),
      );
      expect(lacking.map(({ path }) => path)).to.deep.equal([]);
    });
  }

  it("tells type, default, limits and example of a setting", () => {
    const schema = z.strictObject({
      size: z
        .int()
        .min(1)
        .max(9)
        .default(2)
        .meta({ description: "How many.", examples: [3] }),
      kind: z.enum(["a", "b"]).optional().meta({ description: "Which.", absent: "either" }),
      all: z
        .record(z.string(), z.strictObject({ on: z.boolean().describe("Whether.") }))
        .describe("By name."),
    });
    expect(settingsOf(schema)).to.deep.equal([
      {
        path: "size",
        type: "integer",
        default: "`2`",
        limits: "from 1 to 9",
        example: "`3`",
        description: "How many.",
      },
      {
        path: "kind",
        type: "string",
        default: "either",
        limits: "`a`, `b`",
        example: "`a`",
        description: "Which.",
      },
      {
        path: "all",
        type: "map of group",
        default: "required",
        limits: "",
        example: "",
        description: "By name.",
      },
      {
        path: "all.<name>.on",
        type: "boolean",
        default: "required",
        limits: "",
        example: "`true`",
        description: "Whether.",
      },
    ]);
  });
});
