import { expect } from "chai";
import { UserError } from "../../../operations/errors";
import {
  changesOf,
  describeChange,
  hasPendingOperations,
  readOutputs,
} from "../../../operations/stack/automation";
import { readStack } from "../../../operations/stack/stack-file";
import { failureOf } from "../../support/failure";
import { FakePulumi, planned } from "../../support/fake-pulumi";

const summary = { summaryEvent: { resourceChanges: {} } };

describe("Pulumi's Automation API", () => {
  const pulumi = new FakePulumi();
  const stack = { ...readStack("dev"), text: "config:\n  platform:catalog: malai\n" };
  before(() => pulumi.open());
  after(() => pulumi.close());

  it("[C6] tells what an update would change: each object once, and nothing that stays the same", async () => {
    pulumi.answer("preview", {
      events: [
        planned("create", "Service", "web"),
        planned("same", "ConfigMap", "web"),
        planned("create-replacement", "Deployment", "web"),
        planned("replace", "Deployment", "web"),
        planned("delete-replaced", "Deployment", "web"),
        planned("update", "Platform", "malai", { custom: false }),
        summary,
      ],
    });
    const changes = await changesOf(stack);
    expect(changes.map(describeChange)).to.deep.equal(["create Service web", "replace Deployment web"]);
  });

  it("[O10] previews with a copy of the stack's file, and leaves selected which stack was", async () => {
    pulumi.answer("preview", { events: [summary] });
    expect(await changesOf(stack)).to.deep.equal([]);
    const [{ args = [], config } = {}, ...others] = pulumi.calls;
    expect(args.slice(0, 3)).to.deep.equal(["preview", "--color", "never"]);
    expect(args.join(" ")).to.match(/--config-file \S+\/Pulumi\.dev\.yaml .*--stack dev --non-interactive$/);
    expect(config).to.equal(stack.text);
    expect(others).to.deep.equal([]);
  });

  it("[R23] keeps secrets out of what it tells of a change", async () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hush" };
    const inputs = { kind: "Secret", metadata: { name: "web" }, stringData: secret, password: "hush" };
    pulumi.answer("preview", { events: [planned("create", "Secret", "web", { inputs }), summary] });
    const changes = await changesOf(stack);
    expect(changes.map(describeChange)).to.deep.equal(["create Secret web"]);
    expect(JSON.stringify(changes)).to.not.contain("hush");
  });

  it("[R23] says why a preview fails in the engine's words, without the secrets in them", async () => {
    const urn = "urn:pulumi:dev::p::kubernetes:batch/v1:Job::login";
    const diagnostic = { severity: "error", message: "password=hunter2 is refused\n", urn };
    pulumi.answer("preview", {
      events: [{ diagnosticEvent: diagnostic }, summary],
      stdout: "Previewing update (dev): password=hunter2",
      code: 255,
    });
    const error = await failureOf(changesOf(stack));
    expect(error).to.be.instanceOf(UserError);
    expect(error.message).to.equal(
      "Job login: password=[secret] is refused\n  see for yourself: pulumi preview --stack dev",
    );
  });

  it("says what Pulumi says of a stack that its backend does not have", async () => {
    pulumi.answer("stack output", { stderr: "error: no stack named 'dev' found\n", code: 255 });
    const error = await failureOf(readOutputs(stack));
    expect(error).to.be.instanceOf(UserError);
    expect(error.message).to.equal(
      "error: no stack named 'dev' found\n  see for yourself: pulumi preview --stack dev",
    );
  });

  it("reads the outputs that are no secrets", async () => {
    const url = "https://malai.localhost:8443";
    pulumi.answer("stack output --json --show-secrets", {
      stdout: JSON.stringify({ url, token: "hush" }),
    });
    pulumi.answer("stack output", { stdout: JSON.stringify({ url, token: "[secret]" }) });
    expect(await readOutputs(stack)).to.deep.equal({ url });
  });

  it("[O9] knows of what was being made when Pulumi was killed", async () => {
    for (const [deployment, expected] of [
      [{}, false],
      [{ pending_operations: [] }, false],
      [{ pending_operations: [{ type: "creating" }] }, true],
    ] as const) {
      pulumi.answer("stack export", { stdout: JSON.stringify({ version: 3, deployment }) });
      expect(await hasPendingOperations(stack), JSON.stringify(deployment)).to.equal(expected);
    }
  });

  it("says how to get a pulumi that is not there", async () => {
    const { PATH } = process.env;
    process.env.PATH = "/nowhere";
    try {
      const error = await failureOf(readOutputs(stack));
      expect(error).to.be.instanceOf(UserError);
      expect(error.message).to.equal(
        'pulumi is not on the PATH\n  install it; for the embedded cluster: eval "$(make -s env)"',
      );
    } finally {
      process.env.PATH = PATH;
    }
  });
});
