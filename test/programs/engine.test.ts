import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { withoutSdkDebugging } from "../../programs/engine";

describe("The SDK's debugging", () => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const { debug } = pulumi.log;
  const mapped = (error: Error) => `mapped: ${error.message}`;

  beforeEach(() => {
    Error.prepareStackTrace = mapped;
    // Node's own; Mocha has none.
    Error.stackTraceLimit = 10;
  });
  afterEach(() => {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
    pulumi.log.debug = debug;
    delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
  });

  /** As the SDK reads where in the source a resource is made. */
  function unlimitedTrace(): string | undefined {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    try {
      return new Error().stack;
    } finally {
      Error.stackTraceLimit = limit;
    }
  }

  it("is left out: no trace is made of a promise, but those of failures and of resources are", () => {
    withoutSdkDebugging();
    expect(new Error().stack).to.equal("");
    expect(new Error("no such service").stack).to.equal("mapped: no such service");
    expect(unlimitedTrace()).to.equal("mapped: ");
    expect(pulumi.log.debug).to.not.equal(debug);
  });

  it("is there for who asks for it with Pulumi's own switch", () => {
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = "true";
    withoutSdkDebugging();
    expect(new Error().stack).to.equal("mapped: ");
    expect(pulumi.log.debug).to.equal(debug);
  });
});
