import { expect } from "chai";
import { diagnosticsOf, lockOf } from "../../../operations/release/locks";

describe("What a failed pulumi up says", () => {
  it("tells who has locked the stack", () => {
    const said = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///state/locks/dev/1.json: created by root@build-7 (pid 4711) at 2026-11-27T07:00:00Z`;
    expect(lockOf(said)).to.deep.equal({ who: "root@build-7, process 4711", machine: "build-7", pid: 4711 });
    expect(lockOf("error: [409] Conflict: Another update is currently in progress.")?.who).to.equal(
      "somebody else",
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
    expect(diagnosticsOf(said)).to.equal(
      "kubernetes:apps/v1:Deployment (auth):\n  error: forbidden: exceeded quota",
    );
  });
});
