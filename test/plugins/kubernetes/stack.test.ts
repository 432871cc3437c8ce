import * as k8s from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { TemporaryStack } from "../temporary-stack";
import { failureOf, useApiServer } from "./provider-under-test";

describe("kubernetes plugin: a stack of the real CLI on a real API server", function () {
  this.timeout(120_000);
  const server = useApiServer();
  let stack: TemporaryStack;

  before(async () => {
    stack = await TemporaryStack.create({ name: "kubernetes", version: "4.34.2" });
  });
  after(() => stack.remove());

  const program =
    (settings: { note?: string; ports?: number[]; context?: string; import?: string } = {}): PulumiFn =>
    async () => {
      const { note = "one", ports = [80], context = "test" } = settings;
      const provider = new k8s.Provider("cluster", {
        kubeconfig: server.current.kubeconfig,
        context,
        enableConfigMapMutable: true,
      });
      const namespace = new k8s.core.v1.Namespace("shop", { metadata: { name: "shop" } }, { provider })
        .metadata.name;
      const config = new k8s.core.v1.ConfigMap(
        "settings",
        { metadata: { namespace }, data: { note } },
        { provider },
      );
      new k8s.core.v1.Secret(
        "login",
        { metadata: { namespace }, stringData: { password: "hunter22" } },
        { provider },
      );
      const service = new k8s.core.v1.Service(
        "api",
        {
          metadata: { namespace, name: "api" },
          spec: { clusterIP: "None", ports: ports.map((port) => ({ name: `p${port}`, port })) },
        },
        { provider },
      );
      if (settings.import)
        new k8s.core.v1.ConfigMap(
          "found",
          { metadata: { name: "found", namespace: "default" }, data: { a: "1" } },
          { provider, import: settings.import },
        );
      return { name: config.metadata.name, address: service.spec.clusterIP };
    };

  it("goes through its whole life: preview, up, no change, drift, repair, replacement, import, destroy", async () => {
    expect(await stack.preview(program())).to.deep.equal({ create: 6 });
    const { name, address } = await stack.up(program());
    expect(address).to.equal("None");
    expect(name).to.match(/^settings-/);

    expect(await stack.preview(program())).to.deep.equal({ same: 6 });
    expect(await stack.refresh()).to.deep.equal({ same: 6 });
    expect(stack.stateText())
      .not.to.contain("hunter22")
      .and.not.contain(Buffer.from("hunter22").toString("base64"));

    expect(await stack.preview(program({ note: "two", ports: [80, 81] }))).to.deep.equal({
      same: 4,
      update: 2,
    });
    const path = `/api/v1/namespaces/shop/configmaps/${name}`;
    await server.current.request(
      "PATCH",
      path,
      { data: { note: "by hand" } },
      { fieldManager: "kubectl-edit" },
    );
    expect(await stack.refresh()).to.deep.equal({ same: 5, update: 1 });
    expect(await stack.preview(program())).to.deep.equal({ same: 5, update: 1 });
    await stack.up(program());
    expect((await server.current.request<{ data: object }>("GET", path)).data).to.deep.equal({ note: "one" });

    await server.current.request("POST", "/api/v1/namespaces/default/configmaps", {
      metadata: { name: "found" },
      data: { a: "1" },
    });
    expect(await stack.preview(program({ import: "default/found" }))).to.deep.equal({ same: 6, import: 1 });

    expect(await stack.destroy()).to.deep.equal({ delete: 6 });
    const gone = await failureOf(server.current.request("GET", "/api/v1/namespaces/shop"));
    expect(gone.message).to.contain('namespaces "shop" not found');
  });

  it("names the contexts that there are when the wanted one is not", async () => {
    const failure = await failureOf(stack.preview(program({ context: "prod" })));
    expect(failure.message).to.contain('the kubeconfig has no context "prod"; it has: test');
  });
});
