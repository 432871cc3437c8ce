/** The part of `pulumi stack export` that is read or changed here. */
export interface Exported {
  version: number;
  deployment: DeploymentState;
}

export interface DeploymentState {
  resources?: ResourceState[];
  pending_operations?: PendingOperation[];
}

export interface PendingOperation {
  type: string;
  resource: ResourceState;
}

export interface ResourceState {
  urn: string;
  type: string;
  id?: string;
  /** Already superseded; waits to be deleted. */
  delete?: boolean;
  /** Deleted already, its successor not yet made. */
  pendingReplacement?: boolean;
  inputs?: {
    apiVersion?: string;
    kind?: string;
    metadata?: { name?: string; namespace?: string };
  };
  outputs?: unknown;
  /** Why it is not as it should be: the next `pulumi up` updates it even if nothing has changed. */
  initErrors?: string[];
}

/** The creations that a run began and nobody saw end. */
export function pendingCreates(state: DeploymentState): PendingOperation[] {
  return (state.pending_operations ?? []).filter(({ type }) => type === "creating");
}

/**
 * The state without pending creations, in which those that the cluster turned out to have are resources. As they
 * are marked unfinished, the next `pulumi up` applies and awaits them once more and learns their outputs.
 * @param ids the id of each object that exists, by URN
 * @returns the new state; the URNs of replacements whose predecessor is still
 *   the valid one, so that the object in the cluster belongs to nobody
 */
export function adopt(state: DeploymentState, ids: ReadonlyMap<string, string>) {
  const resources = [...(state.resources ?? [])];
  const leftOver: string[] = [];
  for (const { resource } of pendingCreates(state)) {
    const { urn, inputs } = resource;
    const id = ids.get(urn);
    if (!id) continue;
    // Without the inputs in it the provider would find all of them new, the namespace too, and replace the object.
    const outputs = { ...inputs, __inputs: inputs };
    const taken = { ...resource, id, outputs, initErrors: ["its creation was interrupted"] };
    const index = resources.findIndex((other) => other.urn === urn && !other.delete);
    if (index < 0) {
      // Last: everything it depends on was complete before its creation began.
      resources.push(taken);
    } else if (resources[index]?.pendingReplacement) {
      resources[index] = taken;
    } else {
      leftOver.push(urn);
    }
  }
  return { deployment: { ...state, resources, pending_operations: [] }, leftOver };
}
