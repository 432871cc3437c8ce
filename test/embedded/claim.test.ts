import { expect } from "chai";
import { inNamespace, moduleUrl } from "../support/namespace";

/** What each command says under a HOME that is not the one of the cluster on this machine. */
const script = `
  import { mkdirSync, writeFileSync } from "node:fs";
  import { bootId } from ${moduleUrl("embedded/cluster/processes.ts")};
  const folder = "/run/microservice-platform";
  mkdirSync(folder);
  const claim = (bootId) =>
    writeFileSync(folder + "/claim.json", JSON.stringify({ bootId, clusterDir: "/home/kim/.cache/microservice-platform/cluster" }));
  claim(bootId());
  const { status } = await import(${moduleUrl("embedded/status.ts")});
  const { stopCluster, clusterRunning } = await import(${moduleUrl("embedded/cluster/index.ts")});
  const { preflight } = await import(${moduleUrl("embedded/cluster/preflight.ts")});
  const said = async (call) => { try { return await call(); } catch ({ message }) { return message; } };
  process.env.EMBEDDED_CLUSTER = "node";
  const found = {
    up: await said(() => preflight({ simulatedNodes: false, forwards: {} })),
    down: await said(() => stopCluster(() => {})),
    status: await said(() => status("dev", {})),
  };
  claim("the machine's last start");
  console.log(JSON.stringify({ ...found, afterRestart: await clusterRunning() }));
`;

describe("Cluster of another HOME", () => {
  it("is named by each command, with what to set; a restart of the machine has ended it", async () => {
    const { afterRestart, ...said } = JSON.parse(await inNamespace(script));
    for (const [command, message] of Object.entries(said)) {
      expect(message, command).to.match(
        /^the embedded cluster on this machine is the one of \/home\/kim\/\.cache\/microservice-platform\/cluster, and not of /,
      );
      expect(message, command).to.contain("set XDG_CACHE_HOME=/home/kim/.cache;");
    }
    expect(afterRestart).to.equal(false);
  });
});
