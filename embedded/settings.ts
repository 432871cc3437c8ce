import { check } from "../model/checks";
import { definedOnly } from "../model/defined-only";
import type { Plan } from "../model/plan";
import { shortName } from "../model/versions";
import { planOf } from "../stacks/plan";
import { type Replacement, replacedText, withReplacements } from "../stacks/replacements";
import { refusal, type StackFile, settingsIn, valuesOf } from "../stacks/stack-file";
import { clusterName } from "./cluster/layout";
import { namesOf, planImagesOf } from "./images/plan-images";
import { rehearsal } from "./rehearsal";

/** In the place of a digest that only the images on the cluster will tell. */
const UNKNOWN_DIGEST = `sha256:${"0".repeat(64)}`;

/** Whether the stack belongs to another cluster, so that the embedded one can only rehearse it. */
export function isRehearsal(file: StackFile): boolean {
  return valuesOf(file).context !== clusterName;
}

/**
 * What the program will build from this file on the embedded cluster, before anything is installed or started for
 * it. The program itself checks the same again, and what only it can see.
 * @throws {UserError} with every problem of the settings at once
 */
export function checkedPlan(file: StackFile): Plan {
  const replacements = replacementsIn(file, () => UNKNOWN_DIGEST);
  const plan = planOf(settingsIn(file, withReplacements(valuesOf(file), replacements)));
  const problems = check(plan);
  if (problems.length > 0) throw refusal(file, problems);
  return plan;
}

/**
 * What Pulumi gets in the place of the stack's file: the same, or its rehearsal.
 * @param digestOf the digest of an image that the cluster has, by its name with a tag
 */
export function deployedText(file: StackFile, digestOf: (image: string) => string | undefined): string {
  return isRehearsal(file) ? replacedText(file.text, replacementsIn(file, digestOf)) : file.text;
}

function replacementsIn(file: StackFile, digestOf: (image: string) => string | undefined): Replacement[] {
  if (!isRehearsal(file)) return [];
  const values = valuesOf(file);
  const digests = namesOf(planImagesOf(planOf(settingsIn(file, values)))).map((name) => [
    shortName(name),
    digestOf(name),
  ]);
  return rehearsal(values, {
    stack: file.stack,
    context: clusterName,
    digests: definedOnly(Object.fromEntries(digests)),
  });
}
