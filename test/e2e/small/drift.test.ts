import { expect } from "chai";
import { small } from "../support/small";
import { stepsOf, summaryOf } from "../support/stack";

const NO_DRIFT = ["refresh", "--preview-only", "--expect-no-changes", "--stack", "small"];

/** What the API server says of a field that another manager owns now. */
const CONFLICT = /conflict with "([^"]+)" using \S+: (\S+)/g;

const OWNERS = [
  "kubectl-patch: .spec.maxReplicas",
  "kubectl-label: .metadata.labels.app.kubernetes.io/part-of",
  'kubectl-set: .spec.template.spec.containers[name="auth-service"].env[name="NODE_ENV"].value',
];

const conflictsIn = (text: string) =>
  [...text.matchAll(CONFLICT)].map(([, manager, field]) => `${manager}: ${field}`);

const SEVEN = '{"spec":{"maxReplicas":7}}';

describe("Drift", () => {
  before(() => small.ensureUp());
  // What was taken over has fields under two managers, and what was imported is under one that the state does not name.
  after(async () => {
    await small.kubectl("delete", "service/auth-service", "networkpolicy/default-deny");
    await small.pulumi("refresh", "--yes", "--skip-preview");
    await small.up();
  });

  it("is none on a stack that has just come up, nor after a rolling restart and an autoscaler's work", async () => {
    await small.kubectl("rollout", "restart", "deployment/api-gateway");
    await small.kubectl("scale", "deployment/api-gateway", "--replicas=2");
    await small.kubectl("rollout", "status", "deployment/api-gateway", "--timeout=60s");
    const { exitCode, all } = await small.run("pulumi", ...NO_DRIFT);
    expect(exitCode, all).to.equal(0);
  });

  it("by kubectl is found by a refresh, and a preview names whose the fields are now", async () => {
    await small.kubectl("scale", "statefulset/alertmanager", "--replicas=0");
    await small.kubectl("set", "env", "deployment/auth-service", "NODE_ENV=by-hand");
    await small.kubectl("label", "service/auth-service", "app.kubernetes.io/part-of=by-hand", "--overwrite");
    await small.kubectl("patch", "hpa/auth-service", "--type=merge", "--patch", SEVEN);
    await small.kubectl("delete", "networkpolicy/api-gateway");
    await small.pulumi("refresh", "--yes");
    const { exitCode, all } = await small.run("pulumi", "preview", "--stack", "small");
    expect(exitCode, all).to.not.equal(0);
    expect(conflictsIn(all), all).to.not.be.empty;
    expect(OWNERS).to.include.members(conflictsIn(all));
  });

  it("is put back exactly, as a preview shows that takes the fields back", async () => {
    const preview = ["pulumi", "preview", "--json", "--stack", "small"];
    const changed = stepsOf(await small.run("env", "PULUMI_K8S_ENABLE_PATCH_FORCE=true", ...preview));
    expect(summaryOf(changed)).to.deep.equal([
      "create NetworkPolicy small-network-api-gateway",
      "update Deployment small-auth-service",
      "update HorizontalPodAutoscaler small-auth-service",
      "update Service small-auth-service",
      "update StatefulSet small-alertmanager",
    ]);
    const store = changed.find(({ urn }) => urn.endsWith("::small-alertmanager"));
    expect(Object.keys(store?.detailedDiff ?? {})).to.deep.equal(["spec.replicas"]);
  });

  it("by kubectl is put back by make up, and nothing else is changed", async () => {
    const { exitCode, all } = await small.makeUp();
    expect(exitCode, all).to.equal(0);
    const alertmanager = await small.get("statefulset/alertmanager");
    const autoscaler = await small.get("hpa/auth-service");
    const service = await small.get("service/auth-service");
    const deployment = await small.get("deployment/auth-service");
    const environment = deployment.spec.template.spec.containers[0].env;
    expect({
      replicas: alertmanager.spec.replicas,
      maxReplicas: autoscaler.spec.maxReplicas,
      label: service.metadata.labels["app.kubernetes.io/part-of"],
      variable: environment.find(({ name }: { name: string }) => name === "NODE_ENV").value,
    }).to.deep.equal({ replicas: 1, maxReplicas: 3, label: "small", variable: "production" });
    expect((await small.get("networkpolicy/api-gateway")).spec.policyTypes).to.include("Ingress");
    expect(await small.changes()).to.deep.equal([]);
  });

  it("in a field of another controller's stops up, which names the owner, the field and the way on", async () => {
    const owner = "--field-manager=other-team";
    await small.kubectl("patch", "hpa/auth-service", owner, "--type=merge", "--patch", SEVEN);
    await small.pulumi("refresh", "--yes");
    const refused = await small.makeUp();
    expect(refused.exitCode, refused.all).to.equal(1);
    expect(conflictsIn(refused.all), refused.all).to.include("other-team: .spec.maxReplicas");
    expect(refused.all).to.contain("PULUMI_K8S_ENABLE_PATCH_FORCE=true make up STACK=small");

    const { exitCode, all } = await small.makeUp({ PULUMI_K8S_ENABLE_PATCH_FORCE: "true" });
    expect(exitCode, all).to.equal(0);
    expect((await small.get("hpa/auth-service")).spec.maxReplicas).to.equal(3);
    expect(await small.changes()).to.deep.equal([]);
  });

  it("of an object that the state has lost is mended by the next up, which takes it over as it is", async () => {
    const { metadata } = await small.get("service/auth-service");
    await small.pulumi("state", "delete", (await lost("Service", "auth-service")).urn, "--yes");
    expect(summaryOf(await small.changes())).to.deep.equal(["create Service small-auth-service"]);
    const { exitCode, all } = await small.up();
    expect(exitCode, all).to.equal(0);
    expect((await small.get("service/auth-service")).metadata.uid).to.equal(metadata.uid);
    expect(await small.changes()).to.deep.equal([]);
  });

  it("of an object that the state has lost is mended by import, too", async () => {
    const { urn, parent, provider } = await lost("NetworkPolicy", "network-default-deny");
    await small.pulumi("state", "delete", urn, "--yes");
    const what = [
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "small-network-default-deny",
      "small/default-deny",
    ];
    const where = [
      "--parent",
      `parent=${parent}`,
      "--provider",
      `cluster=${provider.replace(/::[^:]+$/, "")}`,
    ];
    const options = ["--protect=false", "--skip-preview", "--generate-code=false", "--yes"];
    await small.pulumi("import", ...what, ...where, ...options);
    expect(summaryOf(await small.changes())).to.deep.equal([]);
  });
});

/** A resource that is about to be taken out of the state. */
async function lost(kind: string, object: string) {
  const { resources } = await small.state();
  return resources.find(({ urn }) => urn.endsWith(`/v1:${kind}::small-${object}`));
}
