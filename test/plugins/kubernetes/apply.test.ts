import { expect } from "chai";
import { at } from "../../../embedded/plugins/kubernetes/object";
import { Secret, UNKNOWN } from "../../../embedded/plugins/protocol/index";
import { configMap, deployment, service } from "./objects";
import { failureOf, Resource, useApiServer } from "./provider-under-test";

describe("kubernetes plugin: create, update and preview on a real API server", function () {
  this.timeout(30_000);
  const server = useApiServer();
  const on = (type: string, name = "it", config = {}) => Resource.of(server.current, type, name, config);
  const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
  const skipAwait = { annotations: { "pulumi.com/skipAwait": "true" } };

  it("names an object after its resource and keeps the name over updates", async () => {
    const namespace = await server.current.namespace("naming");
    const resource = await on(CONFIG_MAP, "settings", { enableConfigMapMutable: "true" });
    const created = await resource.create(configMap(namespace, { a: "1" }));
    const name = String(at(created, "metadata", "name"));
    expect(name).to.match(/^settings-[0-9a-f]{8}$/);
    expect(resource.id).to.equal(`naming/${name}`);
    const updated = await resource.update(configMap(namespace, { a: "2" }));
    expect(at(updated, "metadata", "name")).to.equal(name);
    expect(updated.data).to.deep.equal({ a: "2" });
  });

  it("refuses to create what exists already, in the preview too", async () => {
    const namespace = await server.current.namespace("existing");
    await server.current.request("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: "mine" },
    });
    const resource = await on(CONFIG_MAP);
    const inputs = configMap(namespace, { a: "1" }, { name: "mine" });
    for (const attempt of [resource.previewCreate(inputs), resource.create(inputs)]) {
      expect((await failureOf(attempt)).message).to.match(
        /^ConfigMap mine exists already in the cluster.*pulumi import/,
      );
    }
  });

  it("takes over what exists already when the provider upserts", async () => {
    const namespace = await server.current.namespace("upserting");
    await server.current.request("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: "mine" },
      data: { b: "2" },
    });
    const resource = await on(CONFIG_MAP, "it", { upsertExistingObjects: "true" });
    const created = await resource.create(configMap(namespace, { a: "1" }, { name: "mine" }));
    expect(created.data).to.deep.equal({ a: "1", b: "2" });
  });

  it("does not take the object for a stranger when a preview replaces it under its own name", async () => {
    const namespace = await server.current.namespace("replacing");
    const resource = await on(CONFIG_MAP);
    await resource.create(configMap(namespace, { a: "1" }, { name: "mine" }));
    const preview = await resource.previewCreate(configMap(namespace, { a: "2" }, { name: "mine" }));
    expect(preview.data).to.deep.equal({ a: "2" });
  });

  it("shows in the preview of a create what the API server would refuse, and changes nothing", async () => {
    const namespace = await server.current.namespace("dry-create");
    const resource = await on("kubernetes:apps/v1:Deployment");
    const bad = deployment(namespace, "api", {}, { image: "" });
    expect((await failureOf(resource.previewCreate(bad))).message).to.match(
      /containers\[0\]\.image: Required value/,
    );
    const outputs = await resource.previewCreate(deployment(namespace, "api"));
    expect(at(outputs, "spec", "strategy", "type")).to.equal("RollingUpdate");
    const { items } = await server.current.request<{ items: object[] }>(
      "GET",
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
    );
    expect(items).to.deep.equal([]);
  });

  it("leaves unknown in a preview what only the cluster decides", async () => {
    const namespace = await server.current.namespace("dry-unknown");
    const outputs = await (await on("kubernetes:core/v1:Service")).previewCreate(service(namespace, "api"));
    expect(at(outputs, "spec", "clusterIP")).to.equal(UNKNOWN);
    expect(at(outputs, "metadata", "uid")).to.equal(UNKNOWN);
    expect(outputs).not.to.have.property("status");
  });

  it("previews an object whose namespace, kind or values are still to come", async () => {
    const later = await (await on(CONFIG_MAP)).previewCreate(configMap("not-yet", { a: "1" }));
    expect(later.data).to.deep.equal({ a: "1" });
    const custom = {
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "w", namespace: "not-yet" },
      spec: { size: 1 },
    };
    const widget = await (await on("kubernetes:example.com/v1:Widget")).previewCreate(custom);
    expect(widget.spec).to.deep.equal({ size: 1 });
    const unknown = await (await on(CONFIG_MAP)).previewCreate({
      ...configMap("not-yet", {}),
      data: UNKNOWN,
    });
    expect(unknown.data).to.equal(UNKNOWN);
  });

  it("says what is missing when the kind is not there in the end", async () => {
    const resource = await on("kubernetes:core/v2:Widget");
    const update = resource.update({
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "w", namespace: "default" },
    });
    expect((await failureOf(update)).message).to.match(
      /no kind Widget in example\.com\/v1.*CustomResourceDefinition/,
    );
  });

  it("names the other manager and the field when two want different values", async () => {
    const namespace = await server.current.namespace("conflicts");
    const resource = await on("kubernetes:apps/v1:Deployment");
    await resource.create({
      ...deployment(namespace, "api"),
      metadata: { namespace, name: "api", ...skipAwait },
    });
    await server.current.request(
      "PATCH",
      `/apis/apps/v1/namespaces/${namespace}/deployments/api`,
      { spec: { replicas: 4 } },
      { fieldManager: "autoscaler" },
    );
    const wanted = (annotations: object) => ({
      ...deployment(namespace, "api", { replicas: 3 }),
      metadata: { namespace, name: "api", annotations: { ...skipAwait.annotations, ...annotations } },
    });
    const message = '.spec.replicas is managed by "autoscaler"';
    expect((await failureOf(resource.update(wanted({}), { preview: true }))).message).to.contain(message);
    expect((await failureOf(resource.update(wanted({})))).message).to.contain(message);
    const forced = await resource.update(wanted({ "pulumi.com/patchForce": "true" }));
    expect(at(forced, "spec", "replicas")).to.equal(3);
  });

  it("removes from the object what left the program, and nothing of others", async () => {
    const namespace = await server.current.namespace("removals");
    const resource = await on(CONFIG_MAP, "it", { enableConfigMapMutable: "true" });
    await resource.create(configMap(namespace, { a: "1", b: "2" }, { name: "mine" }));
    await server.current.request(
      "PATCH",
      `/api/v1/namespaces/${namespace}/configmaps/mine`,
      { data: { theirs: "3" } },
      { fieldManager: "other" },
    );
    for (const data of [{ a: "1" }, { c: "4" }] as Record<string, string>[]) {
      const updated = await resource.update(configMap(namespace, data, { name: "mine" }));
      expect(updated.data).to.deep.equal({ ...data, theirs: "3" });
    }
  });

  it("updates by merge patch without server-side apply", async () => {
    const namespace = await server.current.namespace("client-side");
    const resource = await on(CONFIG_MAP, "it", {
      enableConfigMapMutable: "true",
      enableServerSideApply: "false",
    });
    await resource.create(configMap(namespace, { a: "1", b: "2" }, { name: "mine" }));
    const updated = await resource.update(configMap(namespace, { b: "3" }, { name: "mine" }));
    expect(updated.data).to.deep.equal({ b: "3" });
  });

  it("leaves an autoscaler's replicas alone when the program ignores them", async () => {
    const namespace = await server.current.namespace("ignoring");
    const resource = await on("kubernetes:apps/v1:Deployment");
    const inputs = (image: string) => ({
      ...deployment(namespace, "api", {}, { image }),
      metadata: { namespace, name: "api", ...skipAwait },
    });
    await resource.create(inputs("nginx:1"));
    await server.current.request(
      "PATCH",
      `/apis/apps/v1/namespaces/${namespace}/deployments/api`,
      { spec: { replicas: 7 } },
      { fieldManager: "autoscaler" },
    );
    const updated = await resource.update(inputs("nginx:2"), { ignoreChanges: ["spec.replicas"] });
    expect(at(updated, "spec", "replicas")).to.equal(7);
  });

  it("keeps a Secret's data secret in inputs, outputs and errors", async () => {
    const namespace = await server.current.namespace("secrets");
    const resource = await on("kubernetes:core/v1:Secret", "login", { enableSecretMutable: "true" });
    const secret = (stringData: object, type = "Opaque") => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace },
      stringData,
      type,
    });
    await resource.create(secret({ password: "hunter2hunter2" }));
    expect(resource.inputs.stringData).to.be.instanceOf(Secret);
    expect(resource.outputs.data).to.be.instanceOf(Secret);
    expect(at(resource.outputs, "__inputs", "stringData")).to.be.instanceOf(Secret);
    expect(await resource.drift()).to.deep.equal([]);
    const { message } = await failureOf(
      (await on("kubernetes:core/v1:Secret")).create(
        secret({ "hunter2hunter2 is no key": "hunter2hunter2" }),
      ),
    );
    expect(message).to.contain("[secret] is no key").and.not.contain("hunter2hunter2");
  });

  it("passes on the API server's warnings", async () => {
    const namespace = await server.current.namespace("warnings");
    const resource = await on(CONFIG_MAP);
    await resource.create({ ...configMap(namespace, { a: "1" }), dada: { b: "2" } });
    expect(resource.told.logs).to.deep.equal([{ severity: "warning", message: 'unknown field "dada"' }]);
  });

  it("creates a custom resource right after its definition, and refuses in a preview what that does not allow", async () => {
    const spec = { type: "object", properties: { size: { type: "integer" } } };
    const schema = { type: "object", x_kubernetes_preserve_unknown_fields: true, properties: { spec } };
    const definition = await on("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition");
    await definition.create({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "gadgets.example.org" },
      spec: {
        group: "example.org",
        names: { kind: "Gadget", plural: "gadgets" },
        scope: "Cluster",
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    });
    expect(await definition.drift()).to.deep.equal([]);
    const gadget = await on("kubernetes:example.org/v1:Gadget");
    const created = await gadget.create({
      apiVersion: "example.org/v1",
      kind: "Gadget",
      metadata: { name: "one" },
      spec: { size: 1 },
    });
    expect([gadget.id, created.spec]).to.deep.equal(["one", { size: 1 }]);
    const wrong = await on("kubernetes:example.org/v1:Gadget");
    const refused = wrong.previewCreate({
      apiVersion: "example.org/v1",
      kind: "Gadget",
      metadata: { name: "two" },
      spec: { size: "three" },
    });
    expect((await failureOf(refused)).message).to.match(/spec\.size: Invalid value: "string"/);
    await definition.delete();
    await gadget.delete();
    expect(await gadget.drift()).to.deep.equal(["gone"]);
  });
});
