import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { check } from "./components/checks";
import { volumeProblems } from "./components/checks/volumes";
import { readSecrets, readValues } from "./components/config";
import { endWithEngine } from "./components/engine";
import { volumesOf } from "./components/plan";
import { Platform } from "./components/platform";
import { previousVolumes } from "./components/previous";
import { formatProblems, type Problem } from "./components/problems";
import { secretProblems } from "./components/secrets";
import { parseSettings } from "./components/settings";
import { catalogs, planOf } from "./platforms";

endWithEngine();

const parsed = parseSettings(readValues(), catalogs);
if ("problems" in parsed) throw refusal(parsed.problems);

const plan = planOf(parsed.settings);
const secrets = readSecrets(plan.name, [...plan.secrets, ...plan.ownSecrets]);
const problems = [
  ...check(plan),
  ...secretProblems(plan.name, plan.secrets, secrets, plan.generateSecrets),
  ...secretProblems(plan.name, plan.ownSecrets, secrets, false),
  ...volumeProblems(plan, await previousVolumes()),
];
if (problems.length > 0) throw refusal(problems);

const provider = new k8s.Provider("cluster", {
  context: plan.context,
  // A changed Secret or ConfigMap keeps its name: pods roll by the checksum in their template instead.
  enableSecretMutable: true,
  enableConfigMapMutable: true,
});
const platform = new Platform(plan.name, { plan, secrets }, { providers: [provider] });

export const { namespace, url, certificate } = platform;
export const volumes = volumesOf(plan);

/** Without a stack: it says nothing to whoever mistyped a setting, and Node takes many seconds to print it. */
function refusal(problems: readonly Problem[]) {
  return Object.assign(new pulumi.RunError(formatProblems(pulumi.getStack(), problems)), {
    stack: undefined,
  });
}
