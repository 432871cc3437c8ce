import { expect } from "chai";
import { until } from "../support/until";
import { applyAs, get, kubectl, podsOf } from "./support/cluster";
import { alerts, ask, samplesOf } from "./support/prometheus";
import { ops } from "./support/releasing";

interface Rule {
  name: string;
  health: string;
  lastError?: string;
  state: string;
  labels: Record<string, string>;
}

const rules = async (): Promise<Rule[]> =>
  (await ask("rules")).groups.flatMap(({ rules }: { rules: Rule[] }) => rules);

/**
 * The alerts in the cluster, and a way to change them past Pulumi: in the name it applies them under, and with all that
 * it says of the object, so that the fields stay its own.
 */
async function rulesFile(): Promise<{ text: string; put(text: string): Promise<unknown> }> {
  const { apiVersion, kind, metadata, data } = await get("configmap", "prometheus", "--show-managed-fields");
  const { name, labels, managedFields } = metadata;
  const { manager } = managedFields.find(({ operation }: { operation: string }) => operation === "Apply");
  const put = (text: string) =>
    applyAs(manager, { apiVersion, kind, metadata: { name, labels }, data: { ...data, "rules.yml": text } });
  return { text: data["rules.yml"], put };
}

describe("Alerting", function () {
  this.timeout(240_000);

  it("[D8] evaluates every alert without an error", async () => {
    const evaluated = await until("every rule has been evaluated", 60, rules, (rules) =>
      rules.every(({ health }) => health !== "unknown"),
    );
    expect(evaluated).to.not.be.empty;
    expect(evaluated.filter(({ health }) => health !== "ok")).to.deep.equal([]);
  });

  it("[D8] sends no page while everything is well", async () => {
    const firing = await until(
      "no alert of what has just been started fires any more",
      120,
      async () =>
        (await rules()).filter(({ state, labels }) => state === "firing" && labels.severity === "page"),
      (firing) => firing.length === 0,
    );
    expect(firing).to.deep.equal([]);
  });

  it("[D8] hands over what fires to Alertmanager: the watchdog, always", async () => {
    const [watchdog] = await until(
      "the watchdog arrives",
      60,
      async () => (await alerts()).filter(({ labels }) => labels.alertname === "Watchdog"),
      (found) => found.length > 0,
    );
    expect(watchdog?.labels).to.include({ severity: "none", platform: "malai" });
  });

  it("[D8] a changed rule is in force without a restart", async () => {
    const startedAt = async () =>
      (await samplesOf('process_start_time_seconds{job="prometheus"}'))[0]?.value[1];
    const before = await startedAt();
    const { text, put } = await rulesFile();
    // None that other tests wait for: Prometheus reads the old rules again only after this one.
    await put(text.replace("alert: DiscoveryFailing", "alert: DiscoveryRenamed"));
    try {
      await until("Prometheus has the new rule", 180, rules, (rules) =>
        rules.some(({ name }) => name === "DiscoveryRenamed"),
      );
    } finally {
      await put(text);
    }
    expect(await startedAt()).to.equal(before);
  });

  it("[D8] a service without a pod pages within two minutes, and says which; [R30] the stack is not verified meanwhile", async () => {
    const service = "notification-service";
    await kubectl("scale", "deployment", service, "--replicas=0");
    try {
      const [down] = await until(
        "Alertmanager has ServiceDown",
        120,
        async () => (await alerts()).filter(({ labels }) => labels.alertname === "ServiceDown"),
        (found) => found.length > 0,
      );
      expect(down?.labels).to.include({ service, severity: "page" });
      expect(down?.annotations.summary).to.equal(`No pod of ${service} answers`);
      const { exitCode, all } = await ops("verify", "--stack", "dev");
      expect(exitCode, all).to.equal(3);
      expect(all).to.contain(`alert ServiceDown of ${service} fires: see docs/operations.md#servicedown`);
    } finally {
      await kubectl("scale", "deployment", service, "--replicas=1");
      await kubectl("rollout", "status", "deployment", service, "--timeout=120s");
    }
    expect(await podsOf(service)).to.have.lengthOf(1);
  });
});
