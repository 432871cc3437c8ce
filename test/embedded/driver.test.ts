import { expect } from "chai";
import { inNamespace, moduleUrl } from "../support/namespace";

/** Which driver is chosen, or what is said instead, beside a docker that answers these commands with success. */
const script = `
  import { rmSync, writeFileSync } from "node:fs";
  import { chooseDriver } from ${moduleUrl("embedded/cluster/drivers.ts")};
  process.env.PATH = "/run:/usr/bin:/bin";
  const chosenWith = async (answered, asked = "") => {
    const docker = '#!/bin/sh\\ncase "$1" in ' + answered + ') exit 0;; esac\\nexit 1\\n';
    rmSync("/run/docker", { force: true });
    if (answered) writeFileSync("/run/docker", docker, { mode: 0o755 });
    process.env.EMBEDDED_CLUSTER = asked;
    return chooseDriver().then(({ name }) => name, ({ message }) => message);
  };
  console.log(JSON.stringify({
    imageIsThere: await chosenWith("info|manifest"),
    daemonIsAway: await chosenWith("version"),
    noDocker: await chosenWith(undefined),
    imageIsAway: await chosenWith("info"),
    asked: await chosenWith("info", "node"),
  }));
`;

describe("Driver of the embedded cluster", () => {
  let chosen: Record<string, string>;
  before(async () => {
    chosen = JSON.parse(await inNamespace(script));
  });

  it("is kind where Docker runs and can get its image, and this machine where no Docker answers", () => {
    expect(chosen).to.include({ imageIsThere: "kind", daemonIsAway: "node", noDocker: "node" });
  });

  it("is never this machine beside a Docker that answers, unless that is asked for", () => {
    expect(chosen.imageIsAway).to.equal(
      "Docker runs here, but cannot get the image of kind's node\n" +
        "  check its way to the registry; or have this machine itself made a node: EMBEDDED_CLUSTER=node make up",
    );
    expect(chosen.asked).to.equal("node");
  });
});
