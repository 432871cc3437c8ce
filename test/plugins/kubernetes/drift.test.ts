import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { at, listAt } from "../../../embedded/plugins/kubernetes/object";
import { PartialFailure, Secret } from "../../../embedded/plugins/protocol/index";
import { toolchain } from "../../../embedded/toolchain";
import { configMap, deployment, service } from "./objects";
import { failureOf, Resource, useApiServer } from "./provider-under-test";

describe("kubernetes plugin: refresh, repair and import on a real API server", function () {
  this.timeout(30_000);
  const server = useApiServer();
  const on = (type: string, config = {}) => Resource.of(server.current, type, "it", config);
  const kubectl = (...args: string[]) =>
    execFileSync(toolchain().path("kubectl"), ["--kubeconfig", server.current.kubeconfig, ...args], {
      encoding: "utf8",
    });
  const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
  const metadata = (namespace: string) => ({
    namespace,
    name: "api",
    annotations: { "pulumi.com/skipAwait": "true" },
  });

  async function deployed(namespace: string) {
    const resource = await on(DEPLOYMENT);
    const inputs = {
      ...deployment(await server.current.namespace(namespace), "api"),
      metadata: metadata(namespace),
    };
    await resource.create(inputs);
    return { resource, inputs };
  }

  it("sees no drift where the API server only filled in defaults and wrote quantities its own way", async () => {
    const namespace = await server.current.namespace("calm");
    const resources = { requests: { cpu: "0.5", memory: "1024Mi" }, limits: { cpu: 1, memory: "1Gi" } };
    const workload = await on(DEPLOYMENT);
    await workload.create({
      ...deployment(
        namespace,
        "api",
        {},
        { resources, ports: [{ containerPort: 80 }], env: [{ name: "EMPTY", value: "" }], args: [] },
      ),
      metadata: metadata(namespace),
    });
    const open = await on("kubernetes:core/v1:Service");
    await open.create(service(namespace, "headless", { clusterIP: "None" }));
    const claim = await on("kubernetes:core/v1:PersistentVolumeClaim");
    await claim.create({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { ...metadata(namespace), name: "data" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
        resources: { requests: { storage: "0.5Gi" } },
      },
    });
    for (const resource of [workload, open, claim]) expect(await resource.drift()).to.deep.equal([]);
  });

  it("finds what kubectl scaled, set and labelled, and repairs exactly that", async () => {
    const { resource, inputs } = await deployed("edited");
    kubectl("-n", "edited", "scale", "deployment/api", "--replicas=5");
    kubectl("-n", "edited", "set", "env", "deployment/api", "A=2", "EXTRA=1");
    kubectl("-n", "edited", "label", "deployment/api", "by=hand");
    expect(await resource.drift()).to.have.members([
      "spec.replicas",
      "spec.template.spec.containers[0].env[0].value",
      "spec.template.spec.containers[0].env[1]",
      "metadata.labels",
    ]);
    await resource.refresh();
    const repaired = await resource.update(inputs);
    expect(at(repaired, "spec", "replicas")).to.equal(2);
    const [container] = listAt(repaired, "spec", "template", "spec", "containers");
    expect(container?.env).to.deep.equal([{ name: "A", value: "1" }]);
    expect(at(repaired, "metadata", "labels")).to.equal(undefined);
    expect(await resource.drift()).to.deep.equal([]);
  });

  it("finds what kubectl removed", async () => {
    const resource = await on("kubernetes:core/v1:ConfigMap");
    await resource.create(
      configMap(await server.current.namespace("removed"), { a: "1", b: "2" }, { name: "mine" }),
    );
    kubectl(
      "-n",
      "removed",
      "patch",
      "configmap/mine",
      "--type=json",
      '-p=[{"op": "remove", "path": "/data/b"}]',
    );
    expect(await resource.drift()).to.deep.equal(["data.b"]);
  });

  it("takes a rolling restart and an autoscaler's work for no drift", async () => {
    const namespace = await server.current.namespace("alive");
    const resource = await on(DEPLOYMENT);
    const { spec, ...rest } = deployment(namespace, "api");
    const { replicas: _, ...autoscaled } = spec as { replicas: number };
    await resource.create({ ...rest, spec: autoscaled, metadata: metadata(namespace) });
    kubectl("-n", namespace, "scale", "deployment/api", "--replicas=4");
    kubectl("-n", namespace, "rollout", "restart", "deployment/api");
    expect(await resource.drift()).to.deep.equal([]);
  });

  it("says that an object which was deleted by hand is gone", async () => {
    const { resource } = await deployed("deleted");
    kubectl("-n", "deleted", "delete", "deployment/api", "--wait=false");
    expect(await resource.drift()).to.deep.equal(["gone"]);
  });

  it("imports an object with inputs that a program can repeat", async () => {
    const namespace = await server.current.namespace("imported");
    kubectl("-n", namespace, "create", "secret", "generic", "login", "--from-literal=password=hunter22");
    const secret = await on("kubernetes:core/v1:Secret");
    secret.id = `${namespace}/login`;
    await secret.refresh();
    expect(secret.inputs.metadata).to.deep.equal({ name: "login", namespace });
    expect(secret.inputs.data).to.deep.equal(
      new Secret({ password: Buffer.from("hunter22").toString("base64") }),
    );
    const inputs = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "login", namespace },
      data: { password: "aHVudGVyMjI=" },
      type: "Opaque",
    };
    expect((await secret.diff(inputs)).changes).to.equal(false);
  });

  it("reports that an object is there and not ready, for the next update to wait", async () => {
    const { resource } = await deployed("unready");
    resource.inputs = { ...resource.inputs, metadata: { namespace: "unready", name: "api" } };
    const failure = await failureOf(resource.read());
    expect(failure).to.be.instanceOf(PartialFailure);
    expect(failure.message).to.match(/^Deployment api is not ready: /);
  });
});
