import { listens } from "../../model/plan";
import { Refusal, UserError } from "../errors";
import { type ExitCode, exitCodes } from "../exit-codes";
import { Deployment } from "./deployment";
import { withoutRelease } from "./edit";
import { parseImage, repositoryOf } from "./image";
import { ReleaseLease, readHolder, sendRequest } from "./lease";
import { deleteLeftovers } from "./leftovers";
import { conclusionOf } from "./messages";
import { exitCodeOf, isWayBackClosed } from "./outcome";
import type { Place } from "./place";
import { placeOf } from "./preflight";
import { Report } from "./report";
import { Run } from "./run";
import type { Step } from "./steps";
import { sendBack } from "./traffic";

/** Ends a release with the old version serving everything. */
export async function abortRelease(
  serviceName: string,
  { stack: stackName, acrossSchema = false }: { stack: string; acrossSchema?: boolean },
): Promise<void> {
  const place = placeOf(stackName, serviceName);
  const { stack, cluster, service } = place;
  const holder = await readHolder(cluster, stack.plan.namespace);
  if (holder?.alive) {
    if (!holder.service)
      throw new UserError(`${holder.who} updates the whole stack`, "wait until that has ended");
    if (holder.service !== service.name)
      throw new UserError(`${holder.service} is being released, not ${service.name}`, "name that");
    await sendRequest(cluster, stack.plan.namespace, "abort");
    console.log(`${holder.who} takes it back, and says how that goes.`);
    return;
  }
  if (!service.release)
    throw new UserError(`${service.name} is not being released`, "there is nothing to abort");
  await goBack(place, new Report(false), acrossSchema);
}

/** Ends a release with the new version serving everything, whatever is left of its steps. */
export async function promoteRelease(
  serviceName: string,
  { stack: stackName }: { stack: string },
): Promise<ExitCode> {
  const place = placeOf(stackName, serviceName);
  const { stack, cluster, service } = place;
  const { namespace } = stack.plan;
  if (await sendRequest(cluster, namespace, "promote")) {
    console.log("The command that releases goes on at once, and says how that goes.");
    return exitCodes.done;
  }
  const { release } = service;
  if (!release) throw new UserError(`${service.name} is not being released`, "there is nothing to promote");
  const image = parseImage(release.image, repositoryOf(release.image));
  const lease = await ReleaseLease.take(cluster, namespace, service.name);
  const { strategy, version, schema, replicas } = release;
  const report = new Report(false);
  // What came before it was there already.
  const never = new AbortController().signal;
  const everything: Step = { name: "100 %", weight: 100, hold: 0 };
  try {
    const before = withoutRelease(stack.text, service.name);
    const run = new Run(
      {
        cluster,
        deployment: new Deployment(stack),
        plan: stack.plan,
        service,
        setting: { strategy, version, schema, replicas, ...image },
        steps: [everything],
        limits: stack.plan.releases,
        smoke: [],
      },
      report,
      never,
      never,
      before,
    );
    const outcome = await run.go();
    const subject = { service: service.name, stack: stackName, from: service.version, to: version };
    report.say(conclusionOf(outcome, subject));
    return exitCodeOf(outcome);
  } finally {
    await lease.release();
  }
}

/**
 * The way back of a release whose command has ended.
 * @throws {Refusal} when the old version cannot work with the database as it is now, and `acrossSchema` is not set
 */
export async function goBack(
  { stack, cluster, service }: Place,
  report: Report,
  acrossSchema = false,
): Promise<void> {
  const { release } = service;
  if (!release) return;
  const { namespace } = stack.plan;
  if (isWayBackClosed(release) && !acrossSchema) {
    throw new Refusal(`${service.name} is not taken back:`, [
      `${release.version} has changed the database so that ${service.version} cannot work with it; add --across-schema if it can all the same, or: npx ops release promote ${service.name}`,
    ]);
  }
  const lease = await ReleaseLease.take(cluster, namespace, service.name);
  try {
    if (listens(service)) {
      await report.during("traffic", async () => {
        const routes = await sendBack(cluster, stack.plan, service.name);
        return `${service.version} serves everything: ${routes.join(", ")}`;
      });
    }
    await report.during("back", async () => {
      await new Deployment(stack).restore(withoutRelease(stack.text, service.name), true);
      await deleteLeftovers(cluster, namespace, service.name, release.version);
      return "the stack is as it was";
    });
  } finally {
    await lease.release();
  }
}
