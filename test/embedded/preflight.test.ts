import { expect } from "chai";
import { inNamespace, moduleUrl } from "../support/namespace";

describe("Preflight", () => {
  it("does without ss, ip and nft, which make up installs only afterwards", async () => {
    const found = await inNamespace(
      `import { conflicts } from ${moduleUrl("embedded/cluster/network/conflicts.ts")};
       console.log(JSON.stringify(await conflicts({ simulatedNodes: false, forwards: {} })));`,
      "mount -t tmpfs tmpfs /usr/sbin; export PATH=/run",
    );
    expect(JSON.parse(found)).to.deep.equal([]);
  });

  it("finds them in the places of root's commands, which are not on every PATH", async () => {
    const [found] = JSON.parse(
      await inNamespace(
        `import { conflicts } from ${moduleUrl("embedded/cluster/network/conflicts.ts")};
         console.log(JSON.stringify(await conflicts({ simulatedNodes: false, forwards: {} })));`,
        `ip link set lo up
         ip link add other0 type bridge; ip address add 10.96.3.1/24 dev other0; ip link set other0 up
         export PATH=/usr/bin`,
      ),
    );
    expect(found.problem).to.contain("10.96.0.0/16 is in use by the route 10.96.3.0/24 of other0");
  });
});
