import * as pulumi from "@pulumi/pulumi";
import type { Before } from "../model/checks/volumes";

/** What the stack has now: its own outputs of the last update. Empty before the first one. */
export async function previousOutputs(): Promise<Before> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  // Not a StackReference: that is a resource, whose copy of the outputs is always one update old.
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  return outputs;
}
