import * as k8s from "@pulumi/kubernetes";
import { Platform } from "../components/platform";
import { extras } from "../extras";
import { check } from "../model/checks";
import { secretProblems } from "../model/checks/secrets";
import { type Before, volumeProblems } from "../model/checks/volumes";
import { volumesOf } from "../model/plan";
import { parseSettings } from "../model/settings";
import { catalogs } from "../platforms";
import { planOf } from "../stacks/plan";
import { readSecrets } from "./config";
import { refusal } from "./engine";

/**
 * One platform in one environment.
 * @param before what the stack has now, which is on its way
 */
export async function platform(values: Readonly<Record<string, unknown>>, before: Promise<Before>) {
  const parsed = parseSettings(values, catalogs);
  if ("problems" in parsed) throw refusal(parsed.problems);

  const plan = planOf(parsed.settings);
  const secrets = readSecrets(plan.name, [...plan.secrets, ...plan.ownSecrets]);
  const problems = [
    ...check(plan),
    ...secretProblems(plan.name, plan.secrets, secrets, plan.generateSecrets),
    ...secretProblems(plan.name, plan.ownSecrets, secrets, false),
    ...volumeProblems(plan, await before),
  ];
  if (problems.length > 0) throw refusal(problems);

  const provider = new k8s.Provider("cluster", {
    context: plan.context,
    // A changed Secret or ConfigMap keeps its name: pods roll by the checksum in their template instead.
    enableSecretMutable: true,
    enableConfigMapMutable: true,
  });
  const { namespace, url, certificate } = new Platform(
    plan.name,
    { plan, secrets, extras: extras[parsed.settings.catalog] },
    { providers: [provider] },
  );
  return { namespace, url, certificate, volumes: volumesOf(plan) };
}
