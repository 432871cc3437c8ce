import * as pulumi from "@pulumi/pulumi";

/**
 * Sizes of the volumes as the stack has them now, by store: its own output of the last update. Empty before the
 * first one.
 */
export async function previousVolumes(): Promise<Record<string, string>> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // Not a StackReference: that is a resource, whose copy of the outputs is always one update old.
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  return outputs.volumes ?? {};
}
