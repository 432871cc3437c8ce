import { expect } from "chai";
import {
  adopt,
  foundObject,
  pendingCreates,
  type ResourceState,
  wasInterrupted,
} from "../../../operations/stack/pending-creates";

const resource = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn: `urn:pulumi:dev::platform::kubernetes:core/v1:Service::${name}`,
  type: "kubernetes:core/v1:Service",
  custom: true,
  inputs: { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "malai" } },
  ...more,
});
const creating = (name: string) => ({ type: "creating", resource: resource(name) });
const MANAGER = "pulumi-kubernetes-1a2b3c4d";
const found = (...names: string[]) =>
  new Map(names.map((name) => [resource(name).urn, { id: `malai/${name}`, fieldManager: MANAGER }]));

describe("Operations that a killed run left pending", () => {
  it("are told apart: a creation is looked for, an update is repeated, a deletion Pulumi repeats by itself", () => {
    const operation = (type: string) => ({ type, resource: resource("redis") });
    const component = { type: "creating", resource: resource("stores", { custom: false }) };
    const operations = [creating("redis"), operation("updating"), component];
    expect(pendingCreates({ pending_operations: operations })).to.deep.equal([creating("redis")]);
    const interrupted = ["creating", "updating", "deleting"].filter((type) =>
      wasInterrupted({ pending_operations: [operation(type)] }),
    );
    expect(interrupted).to.deep.equal(["creating", "updating"]);
    expect(wasInterrupted({})).to.equal(false);
  });

  it("leave an update to be done again: the cluster may have the new values, and the state the old ones", () => {
    const state = {
      resources: [resource("redis"), resource("postgres")],
      pending_operations: [{ type: "updating", resource: resource("redis") }],
    };
    const { deployment } = adopt(state, new Map());
    expect(deployment.pending_operations).to.deep.equal([]);
    expect(deployment.resources).to.deep.equal([
      resource("redis", { initErrors: ["its update was interrupted"] }),
      resource("postgres"),
    ]);
  });

  it("are found by what kubectl says: the object's id, and who applied it", () => {
    expect(foundObject(`malai   redis   ${MANAGER},kube-controller-manager\n`)).to.deep.equal({
      id: "malai/redis",
      fieldManager: MANAGER,
    });
    expect(foundObject("<none>   malai   <none>")).to.deep.equal({ id: "malai", fieldManager: undefined });
    expect(foundObject("")).to.equal(undefined);
  });

  it("become resources when the cluster has the object, and are forgotten when not", () => {
    const state = {
      resources: [resource("old")],
      pending_operations: [creating("redis"), creating("postgres")],
    };
    const { deployment } = adopt(state, found("redis"));
    expect(deployment.pending_operations).to.deep.equal([]);
    expect(deployment.resources).to.deep.equal([
      resource("old"),
      resource("redis", {
        id: "malai/redis",
        outputs: {
          ...resource("redis").inputs,
          __inputs: resource("redis").inputs,
          __fieldManager: MANAGER,
        },
        initErrors: ["its creation was interrupted"],
      }),
    ]);
  });

  it("take the place of a predecessor that was deleted first, so that the order stays valid", () => {
    const state = {
      resources: [resource("redis", { id: "malai/redis", pendingReplacement: true }), resource("last")],
      pending_operations: [creating("redis")],
    };
    const { resources = [] } = adopt(state, found("redis")).deployment;
    expect(resources.map(({ urn }) => urn)).to.deep.equal([resource("redis").urn, resource("last").urn]);
    expect(resources[0]).to.not.have.property("pendingReplacement");
  });

  it("do not displace a predecessor that still counts", () => {
    const state = {
      resources: [resource("redis", { id: "malai/redis-1" })],
      pending_operations: [creating("redis")],
    };
    const { deployment, leftOver } = adopt(state, found("redis"));
    expect(leftOver).to.deep.equal([resource("redis").urn]);
    expect(deployment.resources).to.deep.equal(state.resources);
  });
});
