import { expect } from "chai";
import { formatProblems } from "../../components/problems";
import { parseSettings } from "../../components/settings";
import { readStackFile, valuesOf } from "../../embedded/settings";
import { catalogs } from "../../platforms";

const problemsOf = (changes: Record<string, unknown>) => {
  const parsed = parseSettings({ ...valuesOf(readStackFile("dev")), ...changes }, catalogs);
  return "problems" in parsed ? formatProblems("dev", parsed.problems).split("\n") : [];
};

describe("settings", () => {
  it("of both stacks are complete", () => {
    for (const stack of ["dev", "prod"]) {
      expect(parseSettings(valuesOf(readStackFile(stack)), catalogs), stack).to.have.property("settings");
    }
  });

  it("refuse an unknown key, a wrong type, an unknown platform and an unknown service in one error", () => {
    expect(
      problemsOf({ colour: "red", protectData: "yes", catalog: "shop", postgres: { storage: "10 GB" } }),
    ).to.deep.equal([
      "4 problems in stack dev, nothing was changed:",
      '  platform:catalog           "shop": Invalid input: expected "malai"; correct it in the stack\'s file',
      '  platform:protectData       "yes": Invalid input: expected boolean, received string; correct it in the stack\'s file',
      '  platform:postgres.storage  "10 GB": is not a Kubernetes quantity such as 250m or 512Mi; correct it in the stack\'s file',
      "  platform:colour            no such setting; remove it, or write one of: catalog, context, namespace, host, " +
        "frontDoor, certificate, generateSecrets, protectData, images, defaults, services, configuration, postgres, redis, rabbitmq",
    ]);
  });

  it("name the keys of the very object an unknown one is in", () => {
    expect(problemsOf({ frontDoor: { type: "ClusterIP", port: 1 } })).to.deep.equal([
      "1 problem in stack dev, nothing was changed:",
      "  platform:frontDoor.port  no such setting; remove it, or write one of: type, nodePorts, publicPort, replicas",
    ]);
  });

  it("refuse figures for a service that the catalog does not have", () => {
    expect(problemsOf({ services: { "evnt-service": {} } })[1]).to.match(
      /^ {2}platform:services\.evnt-service {2}there is no service "evnt-service" in malai; write one of: api-gateway/,
    );
  });

  it("say which one is missing and how to set it", () => {
    expect(problemsOf({ context: undefined })[1]).to.equal(
      "  platform:context  is not set; add it to the stack's file, or run: pulumi config set platform:context …",
    );
  });
});
