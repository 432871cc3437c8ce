import { expect } from "chai";
import { confinement } from "../../policy/security";
import { deployment, lawful, messages } from "./objects";

const about = (container: object, pod = {}) => messages(confinement, deployment(container, pod));

describe("Policy: confinement", () => {
  it("[O13] a privileged container is refused", () => {
    const securityContext = { ...lawful.securityContext, privileged: true };
    expect(about({ securityContext })).to.deep.equal([
      "Deployment shop/web, container web: is privileged; leave securityContext.privileged out",
    ]);
  });

  it("a container must say that it gains no privileges", () => {
    expect(about({ securityContext: { runAsNonRoot: true } })).to.deep.equal([
      "Deployment shop/web, container web: may gain privileges; " +
        "set securityContext.allowPrivilegeEscalation to false",
    ]);
  });

  it("no namespace of the node is shared", () => {
    expect(about({}, { hostNetwork: true, hostPID: true, hostIPC: true })).to.deep.equal(
      ["hostNetwork", "hostPID", "hostIPC"].map(
        (field) => `Deployment shop/web: ${field} is true; leave it out; let it be reached by a Service`,
      ),
    );
  });

  it("no folder and no port of the node is used", () => {
    const volumes = [{ name: "logs", hostPath: { path: "/var/log" } }];
    expect(about({ ports: [{ hostPort: 80 }] }, { volumes })).to.deep.equal([
      "Deployment shop/web: volume logs is the node's folder /var/log; " +
        "use a PersistentVolumeClaim or an emptyDir",
      "Deployment shop/web, container web: takes the node's port 80; let it be reached by a Service",
    ]);
  });

  it("root is refused, and so is an image that may be root", () => {
    const { allowPrivilegeEscalation } = { allowPrivilegeEscalation: false };
    expect(about({ securityContext: { allowPrivilegeEscalation, runAsUser: 0 } })).to.deep.equal([
      "Deployment shop/web, container web: runs as root (runAsUser 0); " +
        "set runAsUser to another user, 10000 or above",
    ]);
    expect(about({ securityContext: { allowPrivilegeEscalation } })).to.deep.equal([
      "Deployment shop/web, container web: may run as root; set securityContext.runAsNonRoot to true",
    ]);
  });

  it("what the pod says holds for its containers, until they say otherwise", () => {
    const own = { allowPrivilegeEscalation: false };
    expect(about({ securityContext: own }, { securityContext: { runAsNonRoot: true } })).to.deep.equal([]);
    expect(
      about(
        { securityContext: { ...own, runAsUser: 0 } },
        { securityContext: { runAsNonRoot: true, runAsUser: 1 } },
      ),
    ).to.have.length(1);
  });
});
