import { fileOf } from "../../stacks/stack-file";
import { UserError } from "../errors";
import { type ExitCode, exitCodes } from "../exit-codes";
import { Deployment } from "./deployment";
import { goBack } from "./ending";
import { type ImageRef, nameOf, parseImage, pullImage, repositoryOf } from "./image";
import { ReleaseLease, type Request, readHolder } from "./lease";
import { conclusionOf } from "./messages";
import { Aborted, exitCodeOf, type Outcome, TakenOver } from "./outcome";
import { smokePathsOf } from "./pods";
import { placeOf, requireReadyForRelease } from "./preflight";
import { Report } from "./report";
import { Run } from "./run";
import { nextVersion, stepsOf, workerSteps } from "./steps";

/** A mesh weighs each request, and knows no address before that (docs/operations.md). */
const ADDRESSES =
  "Its clients are known by their address (ip_hash): with a canary each request may meet either version. " +
  "--strategy blue-green switches them all at once.";

/** What the command line says. */
export interface ReleaseOptions {
  stack: string;
  image: string;
  strategy: "canary" | "blue-green";
  /** Weights of a canary. @default the stack's */
  steps?: number[];
  /** Seconds a step. @default the stack's */
  hold?: number;
  /** Seconds that blue stays. @default the stack's */
  grace?: number;
  /** Seconds for the new pods to be ready. @default the stack's */
  readyWithin?: number;
  /** More paths for the smoke test. */
  smoke: string[];
  schema: "compatible" | "incompatible";
  dryRun?: boolean;
  json?: boolean;
}

/**
 * Releases an image of a service, step by step; whatever happens, either the new version serves everything in the end, or
 * the old one.
 * @throws {UserError} when something about the request is wrong
 * @throws {Refusal} when it cannot begin as things are
 */
export async function release(serviceName: string, options: ReleaseOptions): Promise<ExitCode> {
  const place = placeOf(options.stack, serviceName);
  const { stack, service } = place;
  const { namespace, releases } = stack.plan;
  requireSharedSchema();
  const repository = repositoryOf(service.image);
  const requested = parseImage(options.image, repository);
  const version = nextVersion(service.version);
  const pace = {
    steps: options.steps ?? releases.steps,
    hold: options.hold ?? releases.hold,
    grace: options.grace ?? releases.grace,
  };
  if (service.port === undefined && options.smoke.length > 0) {
    throw new UserError(`${service.name} has no port, and answers no path`, "leave out --smoke");
  }
  const steps = service.port === undefined ? workerSteps(pace) : stepsOf(options.strategy, pace);
  const report = new Report(options.json ?? false);
  report.say(headline());
  if (options.strategy === "canary" && service.balancing === "ip_hash") report.say(ADDRESSES);
  if (options.dryRun) return tellSteps();

  const { cluster } = place;
  const abandoned = await readHolder(cluster, namespace);
  if (!abandoned?.alive && service.release) {
    report.say("An earlier command has ended in the middle of a release of it, which is taken back first.");
    await goBack(place, report);
    report.say(`Taken back. Run it again when you know why: nothing was released.`);
    return exitCodes.rolledBack;
  }
  if (nameOf(repository, requested) === service.image) {
    throw new UserError(`${service.name} runs ${service.image} already`, "give another image");
  }
  const abort = new AbortController();
  const promote = new AbortController();
  const lease = await ReleaseLease.take(cluster, namespace, service.name, {
    onRequest(request: Request) {
      if (request === "promote") promote.abort();
      else abort.abort(new Aborted("npx ops release abort asked for it"));
    },
    onLost: () => abort.abort(new TakenOver(service.name)),
  });
  const interrupted = (name: NodeJS.Signals) => abort.abort(new Aborted(`interrupted by ${name}`));
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    report.progress(`whether ${fileOf(stack.name)} is what serves`);
    await requireReadyForRelease(place);
    const image = await pulled(requested);
    const run = new Run(
      {
        cluster,
        deployment: new Deployment(stack),
        plan: stack.plan,
        service,
        setting: { strategy: options.strategy, version, schema: options.schema, ...image, ...sessions() },
        steps,
        limits: { ...releases, hold: pace.hold, readyWithin: options.readyWithin ?? releases.readyWithin },
        smoke: options.smoke,
      },
      report,
      abort.signal,
      promote.signal,
    );
    return conclude(await run.go());
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await lease.release();
  }

  /** While a canary has some of the requests, the version in use has the others. */
  function requireSharedSchema(): void {
    if (options.strategy !== "canary" || options.schema !== "incompatible") return;
    throw new UserError(
      `a canary of ${service.name} would serve beside ${service.version}, which cannot work with the database that it leaves`,
      "add --strategy blue-green, which switches everything at once",
    );
  }

  /** A browser that has a session stays with one version, by the step at which it comes to the new one. */
  function sessions() {
    const isKept = options.strategy === "canary" && service.balancing === "session";
    return isKept ? { steps: pace.steps } : {};
  }

  function headline(): string {
    const image = nameOf(repository, requested);
    return `${service.name} on ${stack.name}: ${service.version} → ${version}, ${image}, ${options.strategy}`;
  }

  function tellSteps(): ExitCode {
    if (options.json) console.log(JSON.stringify({ ...summary(), steps }, undefined, 2));
    for (const { name, weight, hold } of steps) report.say(`  ${name.padEnd(7)} ${tell(weight, hold)}`);
    report.say(`  finish  ${version} takes the place of ${service.version}\nNothing was changed.`);
    return exitCodes.done;
  }

  function tell(weight: number, hold: number): string {
    if (weight === 0) {
      const paths = smokePathsOf(service, options.smoke);
      const test = paths.length > 0 ? `; smoke test of ${paths.join(", ")}` : "";
      const who = service.port === undefined ? "" : ", for requests with the header canary: true";
      return `${version} beside ${service.version}${who}${test}`;
    }
    if (service.port === undefined) return `${version} beside ${service.version}, watched for ${hold} s`;
    return `${weight} % of the requests to ${version}, watched for ${hold} s`;
  }

  /** The digest that a node has found holds for all of them, even when the tag is moved meanwhile. */
  async function pulled(requested: ImageRef): Promise<ImageRef> {
    let digest: string | undefined;
    await report.during("image", async () => {
      digest = await pullImage(cluster, namespace, nameOf(repository, requested));
      return digest ?? "can be pulled; its registry gives no digest";
    });
    return { ...requested, digest };
  }

  function conclude(outcome: Outcome): ExitCode {
    if (options.json) {
      console.log(JSON.stringify({ ...summary(), ...outcome, steps: report.steps }, undefined, 2));
    }
    report.say(conclusionOf(outcome, summary()));
    return exitCodeOf(outcome);
  }

  function summary() {
    return {
      service: service.name,
      stack: stack.name,
      strategy: options.strategy,
      from: service.version,
      to: version,
    };
  }
}
