import { expect } from "chai";
import { imageProblems } from "../../embedded/image";

describe("make image", () => {
  it("takes a full name with a tag, as a pod's image is completed to", () => {
    const names = ["docker.io/shop/web:1.0.0", "registry.example.com:5000/web:main-7", "localhost/a/b_c:v1"];
    expect(names.flatMap((name) => imageProblems(name, {}))).to.deep.equal([]);
  });

  for (const name of [
    "",
    "web",
    "web:1",
    "shop/web:1",
    "docker.io/web:1",
    "ghcr.io/Shop/web:1",
    "ghcr.io/web",
  ]) {
    it(`refuses the name "${name}", which no pod would find`, () => {
      expect(imageProblems(name, {})).to.deep.equal([
        `IMAGE="${name}" is no full name with a tag; write one such as docker.io/malai/auth-service:2.0.0`,
      ]);
    });
  }

  it("names all that is wrong at once", () => {
    expect(imageProblems("web", { archive: "missing.tar", dockerfile: "test" })).to.deep.equal([
      'IMAGE="web" is no full name with a tag; write one such as docker.io/malai/auth-service:2.0.0',
      "ARCHIVE and DOCKERFILE are both given; give one of them",
      `ARCHIVE=missing.tar is no file; name one, from this folder on: ${process.cwd()}`,
      `DOCKERFILE=test is no file; name one, from this folder on: ${process.cwd()}`,
    ]);
  });
});
