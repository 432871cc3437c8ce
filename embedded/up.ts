import { images } from "../components/versions";
import { clusterRunning, preflight, startCluster, startContainerd } from "./cluster";
import type { Report } from "./command";
import { loadWorkloads, publish, waitUntilHealthy } from "./health";
import { ensureImages } from "./images";
import { withLock } from "./lock";
import { pulumiHome } from "./paths";
import { type Group, type Phase, runPhases } from "./phases";
import { ensurePlugins } from "./plugins";
import { recover } from "./recover";
import { checkedPlan, readStackFile } from "./settings";
import * as stacks from "./stack";
import { printSummary } from "./summary";
import { ensureToolchain, type Toolchain } from "./toolchain";

/**
 * From whatever state this machine is in to a healthy stack: installs what is missing, starts what does not
 * run, deploys what differs, and prints what was done and where to go.
 * @throws {UserError} before anything is changed, when the stack's settings are wrong
 */
export async function up(stackName: string): Promise<void> {
  const file = readStackFile(stackName);
  const plan = checkedPlan(file);
  const start = Date.now();
  await withLock("make up", async () => {
    let tools: Toolchain;
    let deployment: stacks.Deployment = { outputs: {}, changes: {} };
    const results = await runPhases([
      { title: "Machine", run: checkMachine },
      { title: "Tools", run: installTools },
      { title: "Containers", run: startContainerd },
      {
        title: "Cluster",
        concurrent: [
          { title: "Node", run: startNode },
          { title: "Images", run: installImages },
          { title: "Plugins", run: (report) => ensurePlugins(pulumiHome, report) },
        ],
      },
      { title: "Stack", run: deploy },
      { title: "Health", run: (report) => waitUntilHealthy(deployment, plan, report) },
    ] satisfies (Phase | Group)[]);
    printSummary(results, (Date.now() - start) / 1000, publish(deployment));

    async function checkMachine() {
      await preflight();
      return "fit";
    }

    async function installTools(report: Report) {
      tools = await ensureToolchain(report);
    }

    async function startNode(report: Report) {
      const ran = clusterRunning();
      await startCluster(tools, report);
      return ran ? undefined : "started";
    }

    function installImages(report: Report) {
      return ensureImages({ stores: images, services: plan.services.map(({ image }) => image) }, report);
    }

    async function deploy(report: Report) {
      const stack = await stacks.openStack(file, tools);
      await recover(stack, report);
      [deployment] = await Promise.all([stacks.up(stack, report), loadWorkloads()]);
      return describeChanges(deployment.changes);
    }
  });
}

/** `2 created, 1 updated, 40 unchanged`. */
function describeChanges(changes: Record<string, number>): string {
  const words: Record<string, string> = {
    create: "created",
    update: "updated",
    replace: "replaced",
    delete: "deleted",
    same: "unchanged",
  };
  return Object.entries(changes)
    .map(([change, count]) => `${count} ${words[change] ?? change}`)
    .join(", ");
}
