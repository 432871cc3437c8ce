import { expect } from "chai";
import { diagnosticsOf, lockOf } from "../../../operations/release/locks";

describe("The message of a failed pulumi up", () => {
  it("tells who has locked the stack", () => {
    const said = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///state/locks/dev/1.json: created by root@build-7 (pid 4711) at 2026-11-27T07:00:00Z`;
    expect(lockOf(said)).to.deep.equal({ who: "root@build-7, process 4711", machine: "build-7", pid: 4711 });
    expect(lockOf("error: [409] Conflict: Another update is currently in progress.")?.who).to.equal(
      "another process",
    );
    expect(lockOf("error: quota exceeded")).to.equal(undefined);
  });

  it("is its diagnostics, without the list of what it did", () => {
    const said = `Updating (dev):
 +  kubernetes:apps/v1:Deployment auth creating
Diagnostics:
  kubernetes:apps/v1:Deployment (auth):
    error: forbidden: exceeded quota

Resources:
    200 unchanged
`;
    expect(diagnosticsOf(said)).to.deep.equal(["Deployment auth: forbidden: exceeded quota"]);
  });

  it("[R27] begins with the resource and its cause, not with a line that ends before it", () => {
    const said = `Diagnostics:
  pulumi:pulumi:Stack (platform-dev):
    error: update failed

  kubernetes:apps/v1:Deployment (shop-web):
    error: 1 error occurred:
    	* the Kubernetes API server reported that "shop/web" failed to fully initialize or become live: 'web' timed out waiting to be Ready
    	* [MinimumReplicasUnavailable] Deployment does not have minimum availability.

Resources:
    200 unchanged
`;
    expect(diagnosticsOf(said)).to.deep.equal([
      `Deployment shop-web: the Kubernetes API server reported that "shop/web" failed to fully initialize or become live: 'web' timed out waiting to be Ready`,
      "[MinimumReplicasUnavailable] Deployment does not have minimum availability.",
    ]);
  });

  it("[R23] shows no secret that a message holds", () => {
    const said =
      "Diagnostics:\n  kubernetes:batch/v1:Job (login):\n    error: psql: password=hunter2 refused\n";
    expect(diagnosticsOf(said)).to.deep.equal(["Job login: psql: password=[secret] refused"]);
  });
});
