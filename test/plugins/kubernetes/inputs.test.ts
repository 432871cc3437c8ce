import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { checkedInputs, unsupported } from "../../../embedded/plugins/kubernetes/check";
import { readConfig } from "../../../embedded/plugins/kubernetes/config";
import { quantity } from "../../../embedded/plugins/kubernetes/equality";
import { withoutSecrets } from "../../../embedded/plugins/kubernetes/errors";
import { invokeFunction } from "../../../embedded/plugins/kubernetes/invoke";
import { createLimiter } from "../../../embedded/plugins/kubernetes/limiter";
import { at } from "../../../embedded/plugins/kubernetes/object";
import { split, takeOver } from "../../../embedded/plugins/kubernetes/ownership";
import { markLike } from "../../../embedded/plugins/kubernetes/secrets";
import { type CheckRequest, type Properties, Secret } from "../../../embedded/plugins/protocol/index";
import { configMap } from "./objects";

function check(news: Properties, rest: Partial<CheckRequest> = {}): Properties {
  return checkedInputs({
    urn: "",
    type: "",
    name: "it",
    olds: {},
    randomSeed: new Uint8Array(),
    news,
    ...rest,
  });
}

const kubeconfig = JSON.stringify({
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "u", user: { token: "t" } }],
  contexts: [{ name: "one", context: { cluster: "c", user: "u", namespace: "own" } }],
  "current-context": "one",
});

describe("kubernetes plugin: inputs", () => {
  it("names by the engine's seed, so that a retry names alike", () => {
    const names = [1, 1, 2].map((seed) =>
      at(check(configMap("a", {}), { randomSeed: Uint8Array.of(seed) }), "metadata", "name"),
    );
    expect(names[0]).to.equal(names[1]).and.not.equal(names[2]);
  });

  it("follows the user's auto-naming setting", () => {
    expect(
      at(check(configMap("a", {}), { autonaming: { mode: "enforce", name: "it-prod" } }), "metadata", "name"),
    ).to.equal("it-prod");
    expect(() => check(configMap("a", {}), { autonaming: { mode: "disable", name: "" } })).to.throw(
      "auto-naming is off",
    );
  });

  it("drops what only the API server may say", () => {
    const inputs = check(
      configMap("a", {}, { name: "x", creationTimestamp: null, uid: "1", labels: { a: "1", b: null } }),
    );
    expect(inputs.metadata).to.deep.equal({ namespace: "a", name: "x", labels: { a: "1" } });
  });

  it("says which resources need the official plugin", () => {
    const reasons = [
      "kubernetes:helm.sh/v3:Release",
      "kubernetes:kustomize/v2:Directory",
      "kubernetes:apps/v1:DeploymentPatch",
    ].map((type) => unsupported({ type }, { kind: "Deployment" })?.reason);
    expect(reasons).to.deep.equal([
      "kubernetes:helm.sh/v3:Release needs the official kubernetes plugin",
      "kubernetes:kustomize/v2:Directory needs the official kubernetes plugin",
      "the patch resource DeploymentPatch needs the official kubernetes plugin",
    ]);
    expect(unsupported({ type: "kubernetes:apps/v1:Deployment" }, { kind: "Deployment" })).to.equal(
      undefined,
    );
  });

  it("decodes YAML with several documents and lists", () => {
    const text = "kind: A\n---\nkind: BList\nitems: [{kind: B, metadata: {name: b}}]\n---\n";
    expect(invokeFunction("kubernetes:yaml:decode", { text, defaultNamespace: "n" })).to.deep.equal({
      result: [
        { kind: "A", metadata: { namespace: "n" } },
        { kind: "B", metadata: { name: "b", namespace: "n" } },
      ],
    });
    expect(() => invokeFunction("kubernetes:yaml:decode", { text: "a: [" })).to.throw(
      "the YAML cannot be read",
    );
    expect(() => invokeFunction("kubernetes:helm:template", {})).to.throw(
      "needs the official kubernetes plugin",
    );
  });

  it("reads the provider's settings, which arrive as JSON", () => {
    const config = readConfig({
      kubeconfig,
      enableSecretMutable: "true",
      enableServerSideApply: "false",
      kubeClientSettings: '{"qps":5,"timeout":7}',
    });
    const { secretMutable, configMapMutable, serverSideApply, namespace, client } = config;
    expect({ secretMutable, configMapMutable, serverSideApply, namespace, client }).to.deep.equal({
      secretMutable: true,
      configMapMutable: false,
      serverSideApply: false,
      namespace: "own",
      client: { qps: 5, burst: undefined, timeout: 7 },
    });
  });

  it("names the contexts that there are when the wanted one is not", () => {
    expect(() => readConfig({ kubeconfig, context: "two" })).to.throw(
      'the kubeconfig has no context "two"; it has: one',
    );
    expect(() => readConfig({ kubeconfig, cluster: "d" })).to.throw(
      'the kubeconfig has no cluster "d"; it has: c',
    );
    expect(() => readConfig({ kubeconfig: "/not/there" })).to.throw("there is no kubeconfig /not/there");
    expect(() => readConfig({ kubeconfig, renderYamlToDirectory: "out" })).to.throw(
      "needs the official kubernetes plugin",
    );
  });

  it("reads quantities", () => {
    expect(["1", "500m", "1Gi", "1.5k", "2e3", "x", "1 Gi"].map(quantity)).to.deep.equal([
      1,
      0.5,
      2 ** 30,
      1500,
      2000,
      undefined,
      undefined,
    ]);
  });

  it("takes secrets out of messages, in base64 too", () => {
    const inputs = { data: new Secret({ a: "hunter22", b: "x" }), open: "name" };
    const encoded = Buffer.from("hunter22").toString("base64");
    expect(withoutSecrets(`bad "hunter22" and ${encoded} in name x`, inputs)).to.equal(
      'bad "[secret]" and [secret] in name x',
    );
  });

  it("marks secret what stands where a secret was, even when items moved", () => {
    const inputs = { a: new Secret("1"), list: [{ b: new Secret("2") }], open: "3" };
    expect(markLike({ a: "1", list: [{ b: "2", c: "4" }], open: "3" }, inputs)).to.deep.equal({
      a: new Secret("1"),
      list: [{ b: new Secret("2"), c: "4" }],
      open: "3",
    });
    expect(markLike({ list: [{ injected: "0" }, { b: "2" }] }, inputs)).to.deep.equal({
      list: new Secret([{ injected: "0" }, { b: "2" }]),
    });
  });

  it("divides owned fields into the program's and the rest", () => {
    const fields = {
      "f:spec": {
        "f:replicas": {},
        "f:paused": {},
        "f:list": {
          'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {} },
          'k:{"port":81}': { ".": {} },
        },
      },
    };
    expect(split(fields, { spec: { replicas: 1, list: [{ port: 80 }] } })).to.deep.equal([
      {
        "f:spec": {
          "f:replicas": {},
          "f:list": { 'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:port": {} } },
        },
      },
      { "f:spec": { "f:paused": {}, "f:list": { 'k:{"port":81}': { ".": {} } } } },
    ]);
  });

  it("takes fields over from people and from its own create, and from nobody else", () => {
    const entry = (manager: string, operation: "Update" | "Apply") => ({
      manager,
      operation,
      apiVersion: "v1",
      fieldsV1: { "f:data": { "f:a": {} } },
    });
    const live = (...managedFields: ReturnType<typeof entry>[]) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "x", resourceVersion: "7", managedFields },
    });
    const declared = { data: { a: "1" } };
    const patch = takeOver(
      live(entry("pulumi-kubernetes", "Update"), entry("kubectl-edit", "Update"), entry("hpa", "Update")),
      declared,
      "mine",
    );
    const owners = patch?.at(-1)?.value;
    expect(Array.isArray(owners) && owners.map(({ manager }) => manager)).to.deep.equal(["hpa", "mine"]);
    expect(takeOver(live(entry("hpa", "Update"), entry("mine", "Apply")), declared, "mine")).to.equal(
      undefined,
    );
  });

  it("lets a burst through at once, and the rest at its rate", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const limit = createLimiter(1, 2);
      let through = 0;
      for (let request = 0; request < 4; request++) void limit().then(() => through++);
      for (const expected of [2, 3, 4, 4]) {
        await turn();
        expect(through).to.equal(expected);
        mock.timers.tick(1000);
      }
    } finally {
      mock.timers.reset();
    }
  });
});
