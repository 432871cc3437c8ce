import { expect } from "chai";
import { UserError } from "../../../operations/errors";
import { nameOf, parseImage, repositoryOf } from "../../../operations/release/image";

const repository = "docker.io/malai/auth-service";
const digest = `sha256:${"b".repeat(64)}`;

describe("The image of a release", () => {
  it("is a tag of the service's repository, by its whole name or alone", () => {
    expect(parseImage(":2.0.0", repository)).to.deep.equal({ tag: "2.0.0", digest: undefined });
    expect(parseImage(`${repository}:2.0.0@${digest}`, repository)).to.deep.equal({ tag: "2.0.0", digest });
  });

  it("is refused when it is another repository's, or has no tag", () => {
    expect(() => parseImage("docker.io/malai/event-service:2", repository)).to.throw(
      UserError,
      /is not of this service's repository\n.*docker\.io\/malai\/auth-service:<tag>/,
    );
    expect(() => parseImage(repository, repository)).to.throw(UserError, /has no tag/);
  });

  it("is written as a stack's file and a pod have it", () => {
    expect(nameOf(repository, { tag: "2.0.0", digest })).to.equal(`${repository}:2.0.0@${digest}`);
    expect(repositoryOf(`localhost:5000/auth:2@${digest}`)).to.equal("localhost:5000/auth");
  });
});
