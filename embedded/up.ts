import type { Plan } from "../model/plan";
import { UserError } from "../model/user-error";
import { readStackFile } from "../stacks/stack-file";
import { chooseDriver, currentExtras, type Driver, keepDriver, together } from "./cluster";
import type { Report } from "./command";
import { type Deployment, deploy, policyPack } from "./deployment";
import { forwardsTo, isInternal, requireFreePorts } from "./front-door";
import { publish, waitUntilHealthy, withOwnCertificate } from "./health";
import { istioImages, planImagesOf } from "./images";
import { loadWorkloads } from "./load-workloads";
import { withLock } from "./lock";
import { ensureIstio } from "./mesh";
import { ISTIO_STACK, isIstio, istioSettingsIn } from "./mesh-settings";
import { pulumiHome } from "./paths";
import { type Group, type Phase, runPhases } from "./phases";
import { ensurePlugins } from "./plugins";
import { recover } from "./recover";
import { checkedPlan, isRehearsal } from "./settings";
import { openPlatform, stateOf } from "./stack";
import { printSummary } from "./summary";
import { ensureToolchain, type Toolchain } from "./toolchain";

/**
 * From whatever state this machine is in to a healthy stack: installs what is missing, starts what does not
 * run, deploys what differs, and prints what was done and where to go.
 * @throws {UserError} before anything is changed, when the stack's settings are wrong
 */
export async function up(stackName: string): Promise<void> {
  const file = readStackFile(stackName);
  const plan = isIstio(file) ? undefined : checkedPlan(file);
  const mesh = plan?.mesh.enabled ?? true;
  if (mesh) istioSettingsIn(plan ? readStackFile(ISTIO_STACK) : file);
  const rehearsed = plan !== undefined && isRehearsal(file);
  const forwards = plan && !rehearsed ? forwardsTo(stackName, plan) : {};
  const existing = currentExtras();
  const isUp = (stack: string) => (stateOf({ ...file, stack }).resources ?? []).length > 0;
  requireFreePorts(stackName, forwards, existing, isUp);
  const extras = together(existing, { simulatedNodes: rehearsed, forwards: { [stackName]: forwards } });
  const images = plan ? planImagesOf(plan) : istioImages;
  const start = Date.now();
  await withLock("make up", async () => {
    let driver: Driver;
    let tools: Toolchain;
    let deployment: Deployment = { outputs: {}, changes: {} };
    const results = await runPhases([
      { title: "Machine", run: checkMachine },
      {
        title: "Parts",
        concurrent: [
          { title: "Tools", run: installTools },
          { title: "Layers", run: (report) => driver.fetchLayers(images, report) },
        ],
      },
      { title: "Plugins", run: (report) => ensurePlugins(pulumiHome, report) },
      { title: "Containers", run: startRuntime },
      {
        title: "Cluster",
        concurrent: [
          { title: "Node", run: startNode },
          { title: "Images", run: (report) => driver.ensureImages(images, report) },
        ],
      },
      ...(mesh ? [{ title: "Mesh", run: (report: Report) => ensureIstio(tools, report) }] : []),
      ...(plan
        ? [
            { title: "Stack", run: deployPlatform },
            { title: "Health", run: (report: Report) => becomeHealthy(plan, report) },
          ]
        : []),
    ] satisfies (Phase | Group)[]);
    printSummary({
      stack: stackName,
      results,
      seconds: (Date.now() - start) / 1000,
      door: publish(stackName, deployment),
      isRehearsal: rehearsed,
    });

    async function checkMachine(report: Report) {
      driver = await chooseDriver();
      await driver.preflight(extras);
      if (rehearsed && !driver.simulatesNodes) {
        throw new UserError(
          `stack ${stackName} belongs to another cluster, and kind's has no simulated nodes to rehearse it on`,
          "run make purge, then make up with EMBEDDED_CLUSTER=node",
        );
      }
      await driver.installPackages(report);
      return "fit";
    }

    async function installTools(report: Report) {
      tools = await ensureToolchain(driver.tools({ ...extras, mesh }), report);
      // Once more, with what the first look may have lacked.
      await driver.preflight(extras);
    }

    async function startRuntime(report: Report) {
      keepDriver(driver);
      await driver.startRuntime(report);
    }

    async function startNode(report: Report) {
      const ran = await driver.isRunning();
      await driver.start(tools, extras, report);
      return ran ? undefined : "started";
    }

    async function becomeHealthy(plan: Plan, report: Report) {
      deployment = await withOwnCertificate(deployment, plan);
      return waitUntilHealthy(deployment, plan, report);
    }

    async function deployPlatform(report: Report) {
      const stack = await openPlatform(file, tools);
      await recover(stack, report);
      const [done] = await Promise.all([deploy(stack, report, policyPack), loadWorkloads()]);
      // What it says of its way in is true elsewhere: in another cluster, or inside this one.
      deployment = rehearsed || (plan && isInternal(plan)) ? { ...done, outputs: {} } : done;
      return describeChanges(done.changes);
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
