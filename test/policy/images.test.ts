import { expect } from "chai";
import { pinnedImages, versionedImages } from "../../policy/images";
import { DIGEST, deployment, managed, messages, namespace, stackMessages } from "./objects";

describe("Policy: images", () => {
  it("[O12] an image with the tag latest is refused", () => {
    expect(messages(versionedImages, deployment({ image: "docker.io/shop/web:latest" }))).to.deep.equal([
      'Deployment shop/web, container web: image "docker.io/shop/web:latest" follows the tag latest; ' +
        "name a version",
    ]);
  });

  it("an image without a tag is refused, the port of its registry being none", () => {
    expect(messages(versionedImages, deployment({ image: "registry:5000/web" }))).to.deep.equal([
      'Deployment shop/web, container web: image "registry:5000/web" has no tag; name a version',
    ]);
  });

  it("a version, a digest, or both name an image", () => {
    const images = ["web:1.0", `web@${DIGEST}`, `registry:5000/web:1.0@${DIGEST}`];
    expect(images.flatMap((image) => messages(versionedImages, deployment({ image })))).to.deep.equal([]);
  });

  const tagged = managed(deployment({ image: "web:1.0" }));
  const refusal =
    'Deployment shop/web, container web: image "web:1.0" is not pinned in production; ' +
    "add its digest: name:tag@sha256:…";

  it("production wants digests", () => {
    expect(stackMessages(pinnedImages, managed(namespace("production")), tagged)).to.deep.equal([refusal]);
    expect(stackMessages(pinnedImages, managed(namespace("production")), managed(deployment({})))).to.be
      .empty;
  });

  it("a namespace that says nothing, or that the stack does not make, is production", () => {
    expect(stackMessages(pinnedImages, managed(namespace()), tagged)).to.deep.equal([refusal]);
    expect(stackMessages(pinnedImages, tagged)).to.deep.equal([refusal]);
  });

  it("development may follow tags", () => {
    expect(stackMessages(pinnedImages, managed(namespace("development")), tagged)).to.deep.equal([]);
  });
});
