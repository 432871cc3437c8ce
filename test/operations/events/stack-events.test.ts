import { expect } from "chai";
import { StackEvents } from "../../../operations/events/stack-events";

const URN =
  "urn:pulumi:dev::platform::platform:index:Platform$kubernetes:apps/v1:Deployment::malai-auth-service";
const ROOT_URN = "urn:pulumi:dev::platform::pulumi:pulumi:Stack::platform-dev";

const line = (event: object) => JSON.stringify({ sequence: 1, timestamp: 1, ...event });
const step = (op: string, urn = URN, type = "kubernetes:apps/v1:Deployment") =>
  line({ resourcePreEvent: { metadata: { op, urn, type } } });
const diagnostic = (severity: string, message: string, urn?: string, ephemeral?: boolean) =>
  line({ diagnosticEvent: { severity, message, urn, ephemeral } });

describe("Events of a Pulumi run", () => {
  it("become progress: what is done to which resource, and what is said of it", () => {
    const events = new StackEvents();
    const read = [
      step("create"),
      diagnostic("warning", "this API version is deprecated\n", URN),
      diagnostic("info", "[1/2] Waiting for pods", URN, true),
      step("same"),
      step("create", ROOT_URN, "pulumi:pulumi:Stack"),
      diagnostic("debug", "Registering resource"),
    ].map((text) => events.read(text));
    expect(read).to.deep.equal([
      "creating Deployment malai-auth-service",
      "Deployment malai-auth-service: this API version is deprecated",
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("tell which workloads are waited for; those of a preview are not", () => {
    const events = new StackEvents(() => 0);
    const inputs = { metadata: { name: "auth-service", namespace: "malai" } };
    const metadata = { op: "create", urn: URN, type: "kubernetes:apps/v1:Deployment", new: { inputs } };
    events.read(line({ resourcePreEvent: { metadata, planning: true } }));
    expect(events.awaited.waiting).to.deep.equal([]);
    events.read(line({ resourcePreEvent: { metadata } }));
    expect(events.awaited.waiting.map(({ name }) => name)).to.deep.equal(["auth-service"]);
    events.read(line({ resOpFailedEvent: { metadata } }));
    expect(events.awaited.failed.map(({ name }) => name)).to.deep.equal(["auth-service"]);
  });

  it("tell nothing of debug messages, which hold secrets in plain text", () => {
    const events = new StackEvents();
    expect(events.read(diagnostic("debug", "RegisterResource RPC finished: password,,,hush"))).to.equal(
      undefined,
    );
    expect(JSON.stringify(events)).to.not.contain("hush");
  });

  it("end with the outputs of the stack and the number of changes", () => {
    const events = new StackEvents();
    const outputs = { url: "https://malai.localhost:8443" };
    events.read(
      line({
        resOutputsEvent: {
          metadata: { op: "same", urn: ROOT_URN, type: "pulumi:pulumi:Stack", new: { outputs } },
        },
      }),
    );
    events.read(line({ summaryEvent: { resourceChanges: { create: 2, same: 40 } } }));
    expect(events.outputs).to.deep.equal(outputs);
    expect(events.changes).to.deep.equal({ create: 2, same: 40 });
  });

  it("keep every error, with its resource if there is one", () => {
    const events = new StackEvents();
    events.read(diagnostic("error", "no such image\n", URN));
    events.read(diagnostic("error", "2 problems in stack dev, nothing was changed:\n  a\n  b\n", ROOT_URN));
    events.read("error: no stack named 'dev' found");
    expect(events.errors).to.deep.equal([
      "Deployment malai-auth-service: no such image",
      "2 problems in stack dev, nothing was changed:\n  a\n  b",
      "no stack named 'dev' found",
    ]);
  });
});
