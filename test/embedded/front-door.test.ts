import { expect } from "chai";
import { doorTo } from "../../embedded/front-door";
import { checkedPlan } from "../../embedded/settings";
import { UserError } from "../../model/user-error";
import { readStackFile } from "../../stacks/stack-file";

type FrontDoor = Parameters<typeof doorTo>[1]["frontDoor"];

describe("Way in to a stack", () => {
  const { frontDoor } = checkedPlan(readStackFile("dev"));
  const leadsTo = (changes: Partial<FrontDoor>) => doorTo("dev", { frontDoor: { ...frontDoor, ...changes } });

  it("is one of this machine's for each platform, so that both can be up at once", () => {
    expect(doorTo("dev", checkedPlan(readStackFile("dev")))).to.equal("first");
    expect(doorTo("dealcycle-dev", checkedPlan(readStackFile("dealcycle-dev")))).to.equal("second");
  });

  it("is the ingress controller's where there is one", () => {
    expect(leadsTo({ kind: "controller", type: "LoadBalancer", nodePorts: undefined })).to.equal(undefined);
  });

  it("is none to a front door that is the cluster's alone", () => {
    expect(leadsTo({ type: "ClusterIP", nodePorts: undefined, publicPort: 443 })).to.equal(undefined);
  });

  it("does not exist for other node ports, which is said with those that would do", () => {
    expect(() => leadsTo({ nodePorts: { http: 30081, https: 30444 } }))
      .to.throw(UserError)
      .with.property(
        "message",
        [
          "no way leads from this machine to platform:frontDoor of stack dev: it is of type NodePort, has the node ports " +
            "30081 and 30444 and the public port 8443",
          "  write one of:",
          "    platform:frontDoor: {type: NodePort, nodePorts: {http: 30080, https: 30443}, publicPort: 8443}",
          "    platform:frontDoor: {type: NodePort, nodePorts: {http: 31080, https: 31443}, publicPort: 9443}",
        ].join("\n"),
      );
  });

  it("does not exist for the first door's node ports behind the second one's public port", () => {
    expect(() => leadsTo({ publicPort: 9443 })).to.throw(/the public port 9443/);
  });

  it("does not exist for a load balancer, which nobody here provides", () => {
    expect(() => leadsTo({ type: "LoadBalancer", nodePorts: undefined, publicPort: 443 })).to.throw(
      /of type LoadBalancer, has no fixed node ports/,
    );
  });
});
