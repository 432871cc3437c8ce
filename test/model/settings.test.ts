import { expect } from "chai";
import { formatProblems } from "../../model/problems";
import { parseSettings, settingsSchema } from "../../model/settings";
import { catalogs } from "../../platforms";
import { planOf } from "../../stacks/plan";
import { readStackFile, valuesOf } from "../../stacks/stack-file";
import { settingsOf } from "../support/render";

const problemsOf = (changes: Record<string, unknown>) => {
  const parsed = parseSettings({ ...valuesOf(readStackFile("dev")), ...changes }, catalogs);
  return "problems" in parsed ? formatProblems("dev", parsed.problems).split("\n") : [];
};

describe("settings", () => {
  it("of every stack are complete", () => {
    for (const stack of ["dev", "prod", "dealcycle-dev", "dealcycle-prod"]) {
      expect(parseSettings(valuesOf(readStackFile(stack)), catalogs), stack).to.have.property("settings");
    }
  });

  it("refuse an unknown key, a wrong type, an unknown platform and an unknown service in one error", () => {
    expect(
      problemsOf({ colour: "red", protectData: "yes", catalog: "shop", postgres: { storage: "10 GB" } }),
    ).to.deep.equal([
      "4 problems in stack dev, nothing was changed:",
      '  platform:catalog           "shop": Invalid option: expected one of "malai"|"dealcycle"; correct it in the stack\'s file',
      '  platform:protectData       "yes": Invalid input: expected boolean, received string; correct it in the stack\'s file',
      '  platform:postgres.storage  "10 GB": is not a Kubernetes quantity such as 250m or 512Mi; correct it in the stack\'s file',
      `  platform:colour            no such setting; remove it, or write one of: ${Object.keys(settingsSchema.shape).join(", ")}`,
    ]);
  });

  it("name the keys of the very object an unknown one is in", () => {
    expect(problemsOf({ frontDoor: { type: "ClusterIP", port: 1 } })).to.deep.equal([
      "1 problem in stack dev, nothing was changed:",
      "  platform:frontDoor.port  no such setting; remove it, or write one of: kind, controller, type, nodePorts, publicPort, replicas, rateLimit, drainSeconds, hstsMaxAge",
    ]);
  });

  it("refuse figures for a service that the catalog does not have", () => {
    expect(problemsOf({ services: { "evnt-service": {} } })[1]).to.match(
      /^ {2}platform:services\.evnt-service {2}there is no service "evnt-service" in malai; write one of: api-gateway/,
    );
  });

  it("refuse a fault of, and a value for, what the catalog does not have", () => {
    expect(
      problemsOf({ mesh: { faults: { nobody: {} } }, configuration: { SMTP_HOST: "x", SMPT: "y" } }),
    ).to.deep.equal([
      "2 problems in stack dev, nothing was changed:",
      '  platform:mesh.faults.nobody  there is no service "nobody" in malai; write one of: api-gateway, auth-service, event-service, payment-service, notification-service',
      '  platform:configuration.SMPT  there is no setting "SMPT" in malai; write one of: SMTP_HOST, LOG_LEVEL',
    ]);
  });

  it("of one service leave what they do not name as it is for all", () => {
    const settings = settingsOf("dev", {
      services: { "auth-service": { resources: { limits: { memory: "1Gi" } } } },
    });
    const [auth, payment] = ["auth-service", "payment-service"].map((name) =>
      planOf(settings).services.find((service) => service.name === name),
    );
    expect(auth?.resources).to.deep.equal({
      requests: payment?.resources.requests,
      limits: { ...payment?.resources.limits, memory: "1Gi" },
    });
    expect(auth?.replicas).to.deep.equal(settings.defaults.replicas);
  });

  it("say which one is missing and how to set it", () => {
    expect(problemsOf({ context: undefined })[1]).to.equal(
      "  platform:context  is not set; add it to the stack's file, or run: pulumi config set platform:context …",
    );
  });
});
