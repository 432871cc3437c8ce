import { expect } from "chai";
import { adopt, pendingCreates, type ResourceState } from "../../embedded/pending-creates";

const resource = (name: string, more: Partial<ResourceState> = {}): ResourceState => ({
  urn: `urn:pulumi:dev::platform::kubernetes:core/v1:Service::${name}`,
  type: "kubernetes:core/v1:Service",
  inputs: { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "malai" } },
  ...more,
});
const creating = (name: string) => ({ type: "creating", resource: resource(name) });
const idsOf = (...names: string[]) => new Map(names.map((name) => [resource(name).urn, `malai/${name}`]));

describe("Creations that a killed run left pending", () => {
  it("are told from interrupted updates and deletions, which Pulumi repeats by itself", () => {
    const operations = [creating("redis"), { type: "updating", resource: resource("postgres") }];
    expect(pendingCreates({ pending_operations: operations })).to.deep.equal([operations[0]]);
    expect(pendingCreates({})).to.deep.equal([]);
  });

  it("become resources when the cluster has the object, and are forgotten when not", () => {
    const state = {
      resources: [resource("old")],
      pending_operations: [creating("redis"), creating("postgres")],
    };
    const { deployment } = adopt(state, idsOf("redis"));
    expect(deployment.pending_operations).to.deep.equal([]);
    expect(deployment.resources).to.deep.equal([
      resource("old"),
      resource("redis", {
        id: "malai/redis",
        outputs: { ...resource("redis").inputs, __inputs: resource("redis").inputs },
        initErrors: ["its creation was interrupted"],
      }),
    ]);
  });

  it("take the place of a predecessor that was deleted first, so that the order stays valid", () => {
    const state = {
      resources: [resource("redis", { id: "malai/redis", pendingReplacement: true }), resource("last")],
      pending_operations: [creating("redis")],
    };
    const { resources = [] } = adopt(state, idsOf("redis")).deployment;
    expect(resources.map(({ urn }) => urn)).to.deep.equal([resource("redis").urn, resource("last").urn]);
    expect(resources[0]).to.not.have.property("pendingReplacement");
  });

  it("do not displace a predecessor that still counts", () => {
    const state = {
      resources: [resource("redis", { id: "malai/redis-1" })],
      pending_operations: [creating("redis")],
    };
    const { deployment, leftOver } = adopt(state, idsOf("redis"));
    expect(leftOver).to.deep.equal([resource("redis").urn]);
    expect(deployment.resources).to.deep.equal(state.resources);
  });
});
