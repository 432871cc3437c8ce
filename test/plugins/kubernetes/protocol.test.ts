import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { expect } from "chai";
import { toServerError } from "../../../embedded/plugins/protocol/errors";
import { handlers } from "../../../embedded/plugins/protocol/handlers";
import {
  hasUnknown,
  PartialFailure,
  type Provider,
  reveal,
  Secret,
  UNKNOWN,
} from "../../../embedded/plugins/protocol/index";
import { fromStruct, toStruct } from "../../../embedded/plugins/protocol/values";

const provider: Provider = {
  configure: async () => {},
  check: async ({ news }) => ({ inputs: news, failures: [{ property: "a", reason: "wrong" }] }),
  diff: async () => ({
    changes: true,
    replaces: ["a.b"],
    deleteBeforeReplace: true,
    detailed: { "a.b": "update-replace", c: "add" },
  }),
  create: async ({ inputs, preview, timeout }) => ({ id: "1", outputs: { ...inputs, preview, timeout } }),
  read: async () => undefined,
  update: async ({ news }) => news,
  delete: async () => {},
};
const plugin = handlers("1.2.3", provider);

describe("plugin protocol", () => {
  it("carries every kind of value there and back, secrets and unknowns included", () => {
    const properties = {
      text: "a",
      number: 1.5,
      yes: true,
      no: null,
      list: [1, "b", [{}]],
      deep: { secret: new Secret({ a: "1" }) },
      later: UNKNOWN,
    };
    expect(fromStruct(toStruct({ ...properties, absent: undefined }))).to.deep.equal(properties);
  });

  it("recognises the unknowns of every type", () => {
    const wire = toStruct({
      flag: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
      list: ["6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"],
    });
    expect(fromStruct(wire)).to.deep.equal({ flag: UNKNOWN, list: [UNKNOWN] });
  });

  it("lays secrets bare on demand only, and never in a text", () => {
    const secret = new Secret({ a: [new Secret("x")] });
    expect(reveal({ secret })).to.deep.equal({ secret: { a: ["x"] } });
    expect(`${secret} ${JSON.stringify({ secret })}`).to.equal('[secret] {"secret":"[secret]"}');
    expect([hasUnknown({ a: new Secret([UNKNOWN]) }), hasUnknown({ a: ["b"] })]).to.deep.equal([true, false]);
  });

  it("answers with failures, detailed differences, and an empty id for what is gone", async () => {
    const checked = await plugin.check(new messages.CheckRequest().setNews(toStruct({ a: "b" })));
    expect(checked.getFailuresList().map((failure) => failure.getReason())).to.deep.equal(["wrong"]);
    const diff = await plugin.diff(new messages.DiffRequest());
    expect(diff.getDetaileddiffMap().get("a.b")?.getKind()).to.equal(
      messages.PropertyDiff.Kind.UPDATE_REPLACE,
    );
    expect([diff.getDiffsList(), diff.getReplacesList(), diff.getDeletebeforereplace()]).to.deep.equal([
      ["a", "c"],
      ["a.b"],
      true,
    ]);
    expect((await plugin.read(new messages.ReadRequest())).getId()).to.equal("");
  });

  it("tells the provider of previews and timeouts", async () => {
    const request = new messages.CreateRequest()
      .setProperties(toStruct({ a: "b" }))
      .setPreview(true)
      .setTimeout(7);
    expect(fromStruct((await plugin.create(request)).getProperties())).to.deep.equal({
      a: "b",
      preview: true,
      timeout: 7,
    });
  });

  it("hands a partial failure over with the object, and any other error without", () => {
    const partial = toServerError(new PartialFailure("id", { a: new Secret("b") }, ["not ready"]));
    expect(partial.metadata?.get("grpc-status-details-bin")).to.have.length(1);
    const plain = toServerError(new Error("refused"));
    expect([plain.details, plain.metadata]).to.deep.equal(["refused", undefined]);
  });
});
