import { expect } from "chai";
import { parse } from "yaml";
import {
  type ReleaseSetting,
  withoutRelease,
  withRelease,
  withReleased,
} from "../../../operations/release/edit";

const FILE = `# malai on the embedded cluster
config:
  platform:catalog: malai
  platform:services:
    # Two, so that one may go.
    event-service:
      replicas: {min: 2, max: 4}
`;
const setting: ReleaseSetting = {
  strategy: "canary",
  version: "v2",
  tag: "2.0.0",
  digest: `sha256:${"a".repeat(64)}`,
  weight: 10,
  schema: "compatible",
};
const servicesOf = (text: string) => parse(text).config["platform:services"];

describe("A release in a stack's file", () => {
  it("[C4] stands beside what the service has of its own, and comments stay", () => {
    const text = withRelease(FILE, "event-service", setting);
    expect(servicesOf(text)["event-service"]).to.deep.equal({
      replicas: { min: 2, max: 4 },
      release: { strategy: "canary", version: "v2", tag: "2.0.0", weight: 10, digest: setting.digest },
    });
    expect(text).to.contain("# Two, so that one may go.").and.contain("{min: 2, max: 4}");
  });

  it("says that the schema is incompatible only when it is", () => {
    const text = withRelease(FILE, "event-service", { ...setting, schema: "incompatible" });
    expect(servicesOf(text)["event-service"].release.schema).to.equal("incompatible");
  });

  it("is taken away without a trace, also of a service that had nothing of its own", () => {
    for (const service of ["event-service", "auth-service"]) {
      expect(withoutRelease(withRelease(FILE, service, setting), service)).to.equal(FILE);
    }
    const bare = "config:\n  platform:catalog: malai\n";
    expect(withoutRelease(withRelease(bare, "auth-service", setting), "auth-service")).to.equal(bare);
  });

  it("becomes the service's own version in the end", () => {
    const text = withReleased(withRelease(FILE, "event-service", setting), "event-service", setting);
    expect(servicesOf(text)["event-service"]).to.deep.equal({
      replicas: { min: 2, max: 4 },
      version: "v2",
      tag: "2.0.0",
    });
    expect(parse(text).config["platform:images"].digests).to.deep.equal({ "event-service": setting.digest });
    const next = withReleased(text, "event-service", { version: "v3", tag: "3.0.0" });
    expect(servicesOf(next)["event-service"]).to.deep.equal({
      replicas: { min: 2, max: 4 },
      version: "v3",
      tag: "3.0.0",
    });
    expect(parse(next).config["platform:images"].digests).to.deep.equal({});
  });

  it("[R11] has its tag in quotes: without, Pulumi reads a date or a number", () => {
    for (const tag of ["2024-01-15", "2024_01_15", "0b101", "1e3", "07"]) {
      const during = withRelease(FILE, "event-service", { ...setting, tag });
      expect(during).to.contain(`tag: "${tag}"`);
      expect(withReleased(during, "event-service", { ...setting, tag })).to.contain(`tag: "${tag}"`);
    }
  });

  it("[R19] keeps what a service has by an anchor, and gives it to no other service", () => {
    const text = `config:
  platform:services:
    event-service: &two
      replicas: {min: 2, max: 4}
    auth-service: *two
`;
    const during = withRelease(text, "auth-service", setting);
    const replicas = { min: 2, max: 4 };
    expect(servicesOf(during)["event-service"]).to.deep.equal({ replicas });
    expect(servicesOf(during)["auth-service"]).to.have.keys("replicas", "release");
    const other = withReleased(text, "event-service", setting);
    expect(servicesOf(other)).to.deep.equal({
      "event-service": { replicas, version: "v2", tag: "2.0.0" },
      "auth-service": { replicas },
    });
  });
});
