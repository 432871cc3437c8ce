import { expect } from "chai";
import { malai } from "../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../support/render";

describe("ConfigurationServer", () => {
  let resources: Rendered[];
  before(async () => {
    resources = await render(malai, settingsOf("prod"));
  });
  const template = (name: string, platform = resources) =>
    objectOf(platform, "Deployment", name).spec.template;
  const variable = (name: string, key: string) =>
    template(name).spec.containers[0].env.find((variable: { name: string }) => variable.name === key);

  it("[O2] keeps every plain setting in one place, the environment's own values among them", () => {
    expect(objectOf(resources, "ConfigMap", "configuration").data).to.deep.equal({
      LOG_LEVEL: "info",
      SMTP_HOST: "smtp.malai.app",
    });
  });

  it("[O2] lets an environment override a value of the catalog", async () => {
    const changed = await render(
      malai,
      settingsOf("prod", { configuration: { SMTP_HOST: "smtp.malai.app", LOG_LEVEL: "debug" } }),
    );
    expect(objectOf(changed, "ConfigMap", "configuration").data.LOG_LEVEL).to.equal("debug");
  });

  it("[O2] serves each service the settings that it names, by reference", () => {
    expect(variable("notification-service", "SMTP_HOST")).to.deep.equal({
      name: "SMTP_HOST",
      valueFrom: { configMapKeyRef: { name: "configuration", key: "SMTP_HOST" } },
    });
    expect(variable("auth-service", "SMTP_HOST")).to.equal(undefined);
  });

  it("[O2] rolls the services that read a changed setting, and no others", async () => {
    const changed = await render(
      malai,
      settingsOf("prod", { configuration: { SMTP_HOST: "smtp2.malai.app" } }),
    );
    const rolled = Object.keys(malai.services).filter(
      (name) => JSON.stringify(template(name)) !== JSON.stringify(template(name, changed)),
    );
    expect(rolled).to.deep.equal(["notification-service"]);
  });
});
