import { expect } from "chai";
import { diffInputs, pathText } from "../../../embedded/plugins/kubernetes/diff";
import { type Properties, Secret, UNKNOWN } from "../../../embedded/plugins/protocol/index";
import { configMap, deployment, service } from "./objects";

const immutable = { configMap: false, secret: false };
const mutable = { configMap: true, secret: true };

function diff(oldInputs: Properties, news: Properties, kinds = immutable) {
  const request = { urn: "", type: "", name: "", id: "", olds: {}, ignoreChanges: [], oldInputs, news };
  return diffInputs(request, "default", kinds);
}

function pod(container: Properties): Properties {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: { containers: [{ name: "main", image: "a", ...container }] },
  };
}

describe("kubernetes plugin: diff", () => {
  it("finds nothing between equal inputs, nor in a quantity that is written differently", () => {
    const limited = (cpu: unknown) =>
      deployment("a", "api", {}, { resources: { limits: { cpu, memory: "1Gi" } } });
    expect(diff(limited("1000m"), limited(1))).to.deep.equal({
      changes: false,
      replaces: [],
      deleteBeforeReplace: false,
      detailed: {},
    });
  });

  it("takes texts that look like quantities elsewhere for what they are", () => {
    const withValue = (value: string) => deployment("a", "api", {}, { env: [{ name: "A", value }] });
    expect(diff(withValue("1"), withValue("1000m")).detailed).to.deep.equal({
      "spec.template.spec.containers[0].env[0].value": "update",
    });
  });

  it("takes the default namespace for the same as none", () => {
    expect(
      diff(configMap("default", { a: "1" }), { ...configMap("", { a: "1" }), metadata: {} }).changes,
    ).to.equal(false);
  });

  it("names every changed path, with keys quoted where they need it", () => {
    const old = configMap("a", { a: "1", "b.txt": "2" }, { name: "c" });
    const news = configMap("a", { "b.txt": "3", c: "4" }, { name: "c" });
    expect(diff(old, news, mutable).detailed).to.deep.equal({
      "data.a": "delete",
      'data["b.txt"]': "update",
      "data.c": "add",
    });
    expect(pathText(["spec", "ports", 0, "port"])).to.equal("spec.ports[0].port");
  });

  it("counts an unknown value as a change, and looks into secrets", () => {
    expect(
      diff(configMap("a", { a: "1" }), { ...configMap("a", {}), data: UNKNOWN }, mutable).detailed,
    ).to.deep.equal({ data: "update" });
    const secret = (value: string) => ({ ...configMap("a", {}), data: new Secret({ a: value }) });
    expect(diff(secret("1"), secret("1"), mutable).changes).to.equal(false);
    expect(diff(secret("1"), secret("2"), mutable).detailed).to.deep.equal({ "data.a": "update" });
  });

  const replaced: [what: string, old: Properties, news: Properties, path: string][] = [
    ["another name", configMap("a", {}, { name: "x" }), configMap("a", {}, { name: "y" }), "metadata.name"],
    ["another namespace", configMap("a", {}), configMap("b", {}), "metadata.namespace"],
    [
      "a Deployment's selector",
      deployment("a", "x"),
      deployment("a", "x", { selector: { matchLabels: { app: "y" } } }),
      "spec.selector.matchLabels.app",
    ],
    [
      "a StatefulSet's volumes",
      { ...deployment("a", "x"), kind: "StatefulSet" },
      { ...deployment("a", "x", { volumeClaimTemplates: [{}] }), kind: "StatefulSet" },
      "spec.volumeClaimTemplates",
    ],
    ["a Pod's command", pod({}), pod({ command: ["true"] }), "spec.containers[0].command"],
    ["a Service's address", service("a", "x"), service("a", "x", { clusterIP: "None" }), "spec.clusterIP"],
    [
      "a ConfigMap's data, as the official plugin does by default",
      configMap("a", { a: "1" }),
      configMap("a", { a: "2" }),
      "data.a",
    ],
  ];
  for (const [what, old, news, path] of replaced) {
    it(`replaces for ${what}`, () => {
      expect(diff(old, news).replaces).to.deep.equal([path]);
    });
  }

  const kept: [what: string, old: Properties, news: Properties][] = [
    ["a Pod's image", pod({}), pod({ image: "b" })],
    ["a Deployment's template", deployment("a", "x"), deployment("a", "x", {}, { image: "b" })],
    [
      "a StatefulSet's replicas",
      { ...deployment("a", "x"), kind: "StatefulSet" },
      { ...deployment("a", "x", { replicas: 5 }), kind: "StatefulSet" },
    ],
    [
      "a Service that becomes an alias",
      service("a", "x", { clusterIP: "10.0.0.1" }),
      service("a", "x", { type: "ExternalName" }),
    ],
  ];
  for (const [what, old, news] of kept) {
    it(`changes in place: ${what}`, () => {
      const result = diff(old, news);
      expect([result.changes, result.replaces]).to.deep.equal([true, []]);
    });
  }

  it("changes data in place where the provider says so, unless the object itself is immutable", () => {
    const [old, news] = [configMap("a", { a: "1" }), configMap("a", { a: "2" })];
    expect(diff(old, news, mutable).replaces).to.deep.equal([]);
    expect(diff({ ...old, immutable: true }, { ...news, immutable: true }, mutable).replaces).to.deep.equal([
      "data.a",
    ]);
  });

  it("deletes first where the new object must have the same name, and not where the name is its own", () => {
    const autonamed = { name: "settings-0a1b2c3d", annotations: { "pulumi.com/autonamed": "true" } };
    const change = (metadata: Properties) =>
      diff(configMap("a", { a: "1" }, metadata), configMap("a", { a: "2" }, metadata));
    expect(change({ name: "settings" }).deleteBeforeReplace).to.equal(true);
    expect(change(autonamed).deleteBeforeReplace).to.equal(false);
    expect(
      diff(configMap("a", {}, { name: "x" }), configMap("b", {}, { name: "x" })).deleteBeforeReplace,
    ).to.equal(false);
  });
});
