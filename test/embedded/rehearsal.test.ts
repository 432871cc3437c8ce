import { expect } from "chai";
import { parse } from "yaml";
import { rehearsal } from "../../embedded/rehearsal";
import { type Replacement, replacedText, withReplacements } from "../../stacks/replacements";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const production = {
  catalog: "malai",
  context: "production",
  protectData: true,
  certificate: { secret: "malai-tls" },
  frontDoor: { type: "NodePort", nodePorts: { http: 30080, https: 30443 }, replicas: 3 },
  images: { tag: "1.2.0", digests: { "auth-service": digest("a") } },
};
const circumstances = {
  stack: "prod",
  context: "microservice-platform",
  digests: { "auth-service": digest("b"), postgres: digest("c") },
};

const rehearsed = (values = production, stack = "prod") =>
  withReplacements(values, rehearsal(values, { ...circumstances, stack }));

describe("Rehearsal of another cluster's stack", () => {
  it("takes place on the embedded cluster, in a namespace of its own", () => {
    expect(rehearsed()).to.deep.include({ context: "microservice-platform", namespace: "malai-prod" });
    expect(rehearsed({ ...production, catalog: "dealcycle" }, "dealcycle-prod").namespace).to.equal(
      "dealcycle-prod",
    );
  });

  it("puts every pod on a simulated node, in spite of its taint", () => {
    expect(rehearsed().scheduling).to.deep.equal({
      nodeSelector: { "platform/nodes": "simulated" },
      tolerations: [{ key: "kwok.x-k8s.io/node", operator: "Exists", effect: "NoSchedule" }],
    });
  });

  it("takes no node port from another stack, and keeps the rest of the front door", () => {
    expect(rehearsed().frontDoor).to.deep.equal({ type: "ClusterIP", replicas: 3 });
  });

  it("generates the secrets that are not set here", () => {
    expect(rehearsed().generateSecrets).to.equal(true);
  });

  it("sends its alerts nowhere", () => {
    expect(rehearsed().alertmanager).to.deep.equal({ webhook: false });
  });

  it("pins the images that the cluster has, but for those whose digest was promoted", () => {
    expect(rehearsed().images).to.deep.equal({
      tag: "1.2.0",
      digests: { "auth-service": digest("a"), postgres: digest("c") },
    });
  });

  it("leaves everything else as it is in production", () => {
    const replaced = [
      "context",
      "namespace",
      "frontDoor",
      "scheduling",
      "generateSecrets",
      "alertmanager",
      "grafana",
      "images",
    ];
    const replacements = rehearsal(production, circumstances);
    expect(replacements.map(({ setting }) => setting)).to.deep.equal(replaced);
    expect(rehearsed()).to.deep.include({ protectData: true, certificate: { secret: "malai-tls" } });
  });

  it("says why it replaces what it replaces", () => {
    for (const { setting, reason } of rehearsal(production, circumstances)) {
      expect(reason, setting).to.match(/^\w.{20,}$/);
    }
  });
});

describe("File of a rehearsal", () => {
  const text = [
    "encryptionsalt: v1:salt",
    "config:",
    "  platform:context: production",
    "  platform:protectData: true",
    "  malai:JWT_SECRET:",
    "    secure: v1:sealed",
    "",
  ].join("\n");
  const replacements: Replacement[] = [
    { setting: "context", value: "here", reason: "because" },
    { setting: "scheduling", value: { nodeSelector: { a: "b" } }, reason: "because" },
  ];

  it("has the replacements in it and the other settings unchanged", () => {
    expect(parse(replacedText(text, replacements)).config).to.deep.equal({
      "platform:context": "here",
      "platform:protectData": true,
      "platform:scheduling": { nodeSelector: { a: "b" } },
    });
  });

  it("has nothing that only production's passphrase opens", () => {
    expect(replacedText(text, replacements)).to.not.match(/secure|salt|sealed/);
  });
});
