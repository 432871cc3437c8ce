import { join } from "node:path";
import { areTakenBack } from "../operations/events/field-conflicts";
import { PreviewEvents } from "../operations/events/preview-events";
import { refusalByPolicies, refusalOf, waysOnAfterConflict } from "../operations/events/refusals";
import { StackEvents } from "../operations/events/stack-events";
import { WaitingReport } from "../operations/events/waiting-report";
import { projectDir, type StackFile } from "../stacks/stack-file";
import { CommandFailure, type Report, run } from "./command";
import { loadWorkloads } from "./load-workloads";
import { kubeconfig } from "./paths";
import { environmentOf, type Stack, stackArguments, stateOf } from "./stack";

/** The house rules: what breaks one is told below the changes of a preview, makes it fail, and keeps `make up` from them. */
export const policyPack = join(projectDir, "policy");

/** What a run came to. */
export interface Deployment {
  outputs: Record<string, unknown>;
  /** Number of resources by what happened to them. */
  changes: Record<string, number>;
}

/**
 * Compares by a preview, and where something would change, `pulumi up`.
 * @param policyPack folder of the rules that the preview has to pass; @default none
 * @throws {UserError} when the program or a policy refuses; nothing was changed
 * @throws {CommandFailure} when the preview or a resource fails, with the cluster's reasons and Pulumi's diagnostics as
 *   its last lines
 */
export async function deploy(stack: Stack, report: Report, policyPack?: string): Promise<Deployment> {
  report("comparing with the cluster");
  const isEmpty = !stateOf(stack.file).resources?.length;
  const { events: planned, force } = await preview(stack, isEmpty ? { policyPack } : {});
  if (!planned.differs) return planned;
  // Rules take as long as all the rest, and have nothing to refuse where nothing changes.
  if (policyPack && !isEmpty) {
    report("checking the house rules");
    await preview(stack, { policyPack, force });
  }
  return update(stack, report);
}

/** How a preview is made. */
interface PreviewOptions {
  /** Folder of the rules that it has to pass. @default none */
  policyPack?: string;
  /** Whether it takes fields back, as an update does with those of kubectl's. @default only where it has to */
  force?: boolean;
}

/** What an update would do; the fields that it would take back from kubectl are no reason against it. */
async function preview(
  stack: Stack,
  { policyPack, force = false }: PreviewOptions,
): Promise<{ events: PreviewEvents; force: boolean }> {
  const events = new PreviewEvents();
  const variables = {
    PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    ...(force && { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }),
  };
  try {
    const options = policyPack ? ["--policy-pack", policyPack] : [];
    await withEvents(stack, ["preview", ...options], events, { variables });
    return { events, force };
  } catch (failure) {
    if (!force && areTakenBack(events.errors)) return preview(stack, { policyPack, force: true });
    if (events.violations.length > 0) throw refusalByPolicies(events.violations, stack.file);
    throw failure instanceof CommandFailure ? explained(failure, "preview", events, stack.file, []) : failure;
  }
}

async function update(stack: Stack, report: Report): Promise<Deployment> {
  const events = new StackEvents();
  const waiting = new WaitingReport(events.awaited, report, async (namespace) =>
    (await loadWorkloads()).listWorkloads(kubeconfig, namespace),
  );
  void waiting.run();
  try {
    await withEvents(stack, ["up", "--yes", "--skip-preview"], events, { report });
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    throw explained(error, "up", events, stack.file, await waiting.reasons());
  } finally {
    waiting.stop();
  }
  return events;
}

/** Runs Pulumi, and has its events read. */
async function withEvents(
  stack: Stack,
  [command = "", ...options]: string[],
  events: StackEvents,
  { report, variables = {} }: { report?: Report; variables?: Record<string, string> },
): Promise<void> {
  await run(
    stack.tools.path("pulumi"),
    [command, ...stackArguments(stack), ...options, "--json", "--color=never", "--non-interactive"],
    {
      log: `pulumi-${command}`,
      cwd: projectDir,
      env: { ...environmentOf(stack), ...variables },
      translate: (line) => events.read(line),
      report,
    },
  );
}

/**
 * What a person can use of a failed run: its diagnostics instead of its last events.
 * @param reasons why workloads did not come up, which the diagnostics only say that they did not
 */
function explained(
  { reason, lastLines, logFile }: CommandFailure,
  command: "preview" | "up",
  { errors }: StackEvents,
  file: StackFile,
  reasons: string[],
): Error {
  const said = errors.length > 0 ? errors.flatMap((error) => error.split("\n")) : lastLines;
  return (
    refusalOf(errors, file) ??
    new CommandFailure(
      `pulumi ${command}, stack ${file.stack}`,
      command === "preview" ? `${reason}, nothing was changed` : reason,
      [...reasons, ...said.filter((line) => line.trim()), ...waysOnAfterConflict(errors, file)],
      logFile,
    )
  );
}
