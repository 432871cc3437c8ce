import * as pulumi from "@pulumi/pulumi";
import { FrontDoor } from "../../../components/frontdoor";
import type { Plan } from "../../../model/plan";
import { parseSettings } from "../../../model/settings";
import { catalogs } from "../../../platforms";
import { planOf } from "../../../stacks/plan";
import { readStackFile, valuesOf } from "../../../stacks/stack-file";

/** The plan of a stack, with other settings of its front door, and others beside it. */
export function planWith(
  stack: string,
  frontDoor: Record<string, unknown> = {},
  others: Record<string, unknown> = {},
): Plan {
  const values = valuesOf(readStackFile(stack)) as { frontDoor?: object };
  const changed = { ...values, ...others, frontDoor: { ...values.frontDoor, ...frontDoor } };
  const parsed = parseSettings(changed, catalogs);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return planOf(parsed.settings);
}

/** Inputs of everything that the front door of a plan is made of, by kind and name; a release by its type. */
export async function frontDoorOf(plan: Plan): Promise<Record<string, any>> {
  const objects: Record<string, any> = {};
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => {
      if (!type.startsWith("platform:"))
        objects[`${inputs.kind ?? type} ${inputs.metadata?.name ?? inputs.name}`] = inputs;
      return { id: `${name}-id`, state: inputs };
    },
  });
  new FrontDoor("front-door", {
    namespace: plan.namespace,
    platform: plan.name,
    tier: plan.tier,
    images: plan.images,
    scheduling: plan.scheduling,
    pullSecrets: plan.pullSecrets,
    protect: false,
    checksum: (value) => pulumi.output(value).apply((text) => `checksum of ${text.length}`),
    clusterDomain: "cluster.local",
    priorities: { data: "data", services: "services" },
    sidecar: {},
    plan,
    certificate: { secret: "the-tls" },
  });
  await pulumi.runtime.disconnect();
  return objects;
}
