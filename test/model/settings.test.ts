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

describe("Settings", () => {
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
      "  platform:frontDoor.port  no such setting; remove it, or write one of: kind, controller, type, nodePorts, publicPort, replicas, rateLimit, trustedProxies, drainSeconds, hstsMaxAge",
    ]);
  });

  it("refuse sizes for a service that the catalog does not have", () => {
    expect(problemsOf({ services: { "evnt-service": {} } })[1]).to.match(
      /^ {2}platform:services\.evnt-service {2}there is no service "evnt-service" in malai; write one of: api-gateway/,
    );
  });

  it("refuse a fault of, and a value for, what the catalog does not have", () => {
    expect(
      problemsOf({ mesh: { faults: { ghost: {} } }, configuration: { SMTP_HOST: "x", SMPT: "y" } }),
    ).to.deep.equal([
      "2 problems in stack dev, nothing was changed:",
      '  platform:mesh.faults.ghost   there is no service "ghost" in malai; write one of: api-gateway, auth-service, event-service, payment-service, notification-service',
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

  it("[R12] take a value by its setting's type, whatever pulumi config set has made of it", () => {
    const settings = settingsOf("dev", {
      configuration: { SMTP_HOST: "smtp.malai.localhost", LOG_LEVEL: 20 },
      images: { tag: 20240115 },
      scheduling: { nodeSelector: { dedicated: true } },
      postgres: { resources: { limits: { cpu: 2 } } },
      prices: { cpuHour: "0.04", memoryGiBHour: "0.005" },
      protectData: "false",
      rabbitmq: { replicas: "3" },
    });
    expect(settings.configuration.LOG_LEVEL).to.equal("20");
    expect(settings.images.tag).to.equal("20240115");
    expect(settings.scheduling.nodeSelector).to.deep.equal({ dedicated: "true" });
    expect(settings.postgres.resources.limits.cpu).to.equal("2");
    expect(settings.prices).to.deep.equal({ cpuHour: 0.04, memoryGiBHour: 0.005 });
    expect(settings.protectData).to.equal(false);
    expect(settings.rabbitmq.replicas).to.equal(3);
  });

  it("[R11] refuse a date and a fraction where a text is asked for, since YAML loses how they were written", () => {
    expect(
      problemsOf({ images: { tag: 1.5 }, configuration: { SMTP_HOST: "2024-01-15 00:00:00 +0000 UTC" } }),
    ).to.deep.equal([
      "2 problems in stack dev, nothing was changed:",
      "  platform:images.tag               1.5: Invalid input: expected string, received number; write it in quotes in the stack's file",
      '  platform:configuration.SMTP_HOST  "2024-01-15 00:00:00 +0000 UTC" is what Pulumi makes of a date without quotes; write it in quotes in the stack\'s file',
    ]);
  });

  it("[R11] take every tag that a registry takes, and no other", () => {
    for (const tag of ["2024-01-15", "2024_01_15", "0b101", "1e3", "07"]) {
      expect(settingsOf("dev", { images: { tag } }).images.tag).to.equal(tag);
    }
    expect(problemsOf({ images: { tag: "1.0 beta" } })[1]).to.contain('"1.0 beta": is no tag of an image');
  });

  it("[R15] refuse a host with a scheme and a port, and what is no namespace and no version", () => {
    const changes = {
      host: "https://X:8443/",
      namespace: "Malai_Prod",
      services: { "auth-service": { version: "1.0", release: { version: "V2" } } },
    };
    const name = "is not a name of at most 63 lower-case letters, digits and -, with no - at its ends";
    expect(problemsOf(changes).map((line) => line.trim().replace(/ {2,}/, ": "))).to.deep.equal([
      "4 problems in stack dev, nothing was changed:",
      `platform:namespace: "Malai_Prod": ${name}; correct it in the stack's file`,
      'platform:host: "https://X:8443/": is not a host name such as shop.example.com, in lower case, without a scheme, a port and a path; correct it in the stack\'s file',
      `platform:services.auth-service.version: "1.0": ${name}; correct it in the stack's file`,
      `platform:services.auth-service.release.version: "V2": ${name}; correct it in the stack's file`,
    ]);
  });

  it("say which one is missing and how to set it", () => {
    expect(problemsOf({ context: undefined })[1]).to.equal(
      "  platform:context  is not set; add it to the stack's file, or run: pulumi config set platform:context …",
    );
  });
});
