import { expect } from "chai";
import { forwardsTo, requireFreePorts } from "../../embedded/front-door";
import { checkedPlan } from "../../embedded/settings";
import { UserError } from "../../model/user-error";
import { readStackFile } from "../../stacks/stack-file";

type FrontDoor = Parameters<typeof forwardsTo>[1]["frontDoor"];

describe("Way in to a stack", () => {
  const { frontDoor } = checkedPlan(readStackFile("dev"));
  const leadsTo = (changes: Partial<FrontDoor>) =>
    forwardsTo("dev", { frontDoor: { ...frontDoor, ...changes } });

  it("is at its node ports and at the public port in its URL, so that platforms are up beside each other", () => {
    expect(leadsTo({})).to.deep.equal({ 30080: 30080, 30443: 30443, 8443: 30443 });
    const second = forwardsTo("dealcycle-dev", checkedPlan(readStackFile("dealcycle-dev")));
    expect(second).to.deep.equal({ 31080: 31080, 31443: 31443, 9443: 31443 });
  });

  it("is whatever a third stack asks for, the node port in its URL too", () => {
    const nodePorts = { http: 32080, https: 32443 };
    expect(leadsTo({ nodePorts, publicPort: 32443 })).to.deep.equal({ 32080: 32080, 32443: 32443 });
    expect(leadsTo({ nodePorts, publicPort: 443 })).to.include({ 443: 32443 });
  });

  it("is the ingress controller's where there is one", () => {
    expect(leadsTo({ kind: "controller", type: "LoadBalancer", nodePorts: undefined })).to.deep.equal({});
  });

  it("is none to a front door that is the cluster's alone", () => {
    expect(leadsTo({ type: "ClusterIP", nodePorts: undefined, publicPort: 443 })).to.deep.equal({});
  });

  it("does not exist without fixed node ports, which is said with some that would do", () => {
    expect(() => leadsTo({ type: "LoadBalancer", nodePorts: undefined, publicPort: 443 }))
      .to.throw(UserError)
      .with.property(
        "message",
        [
          "no way leads from this machine to platform:frontDoor of stack dev: it is of type LoadBalancer and has no fixed node ports",
          "  write two node ports that no other stack has, and the port that is to be in its URL, such as:",
          "    platform:frontDoor: {type: NodePort, nodePorts: {http: 32080, https: 32443}, publicPort: 32443}",
        ].join("\n"),
      );
  });

  it("takes no port from a stack that is up, and may have that of one that is gone", () => {
    const existing = { forwards: { dev: { 8443: 30443 } } };
    const ask = (isUp: boolean) => () => requireFreePorts("third", { 8443: 32443 }, existing, () => isUp);
    expect(ask(true))
      .to.throw(UserError)
      .with.property("problem", "port 8443 of platform:frontDoor of stack third leads to stack dev already");
    expect(ask(false)).not.to.throw();
    expect(() => requireFreePorts("dev", { 8443: 30444 }, existing, () => true)).not.to.throw();
  });
});
