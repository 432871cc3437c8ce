/** The part of `pulumi stack export` that is read or changed here. */
export interface Exported {
  version: number;
  deployment: DeploymentState;
}

/** A stack's state, as far as it is read or changed here. */
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
  /** False for a component. */
  custom: boolean;
  id?: string;
  /** Already superseded; waits to be deleted. */
  delete?: boolean;
  /** Deleted already, its successor not yet made. */
  pendingReplacement?: boolean;
  protect?: boolean;
  inputs?: {
    apiVersion?: string;
    kind?: string;
    metadata?: { name?: string; namespace?: string };
    [input: string]: unknown;
  };
  outputs?: Record<string, unknown>;
  /** Why it is not as it should be: the next `pulumi up` updates it even if nothing has changed. */
  initErrors?: string[];
}

/** An object that the cluster turned out to have. */
export interface FoundObject {
  /** As the kubernetes provider gives it: `<namespace>/<name>`. */
  id: string;
  /** Under which name the provider applied it: under another one its own fields belong to another manager, and conflict. */
  fieldManager?: string;
}

/**
 * Columns of `kubectl get` that {@link foundObject} reads. No other fields: the output is logged, and the object may be
 * a Secret.
 */
export const COLUMNS = ["metadata.namespace", "metadata.name", "metadata.managedFields[*].manager"];

/** What `kubectl get` says of an object by these columns; nothing where there is none. Pure. */
export function foundObject(line: string): FoundObject | undefined {
  const [namespace, name, managers = ""] = line.trim().split(/\s+/);
  if (!namespace || !name) return undefined;
  const fieldManager = managers.split(",").findLast((manager) => manager.startsWith("pulumi-kubernetes-"));
  // An object of the whole cluster has "<none>" for a namespace.
  return { id: namespace === "<none>" ? name : `${namespace}/${name}`, fieldManager };
}

/** The creations that a run began and did not see end; components are left out, as the cluster has none. */
export function pendingCreates(state: DeploymentState): PendingOperation[] {
  return (state.pending_operations ?? []).filter(
    ({ type, resource }) => type === "creating" && resource.custom,
  );
}

/** Whether a run was killed while it created or updated something. */
export function wasInterrupted({ pending_operations = [] }: DeploymentState): boolean {
  return pending_operations.some(({ type }) => type === "creating" || type === "updating");
}

/**
 * The state without pending operations, in which creations that the cluster turned out to have are resources. As they
 * are marked unfinished, the next `pulumi up` applies and awaits them once more and learns their outputs; so are objects
 * whose update was interrupted: the cluster may have the new values although the state has the old ones.
 * @param found the objects that exist, by URN
 * @returns the new state; the URNs of replacements whose predecessor is still
 *   the valid one, so that the object in the cluster belongs to no resource
 */
export function adopt(state: DeploymentState, found: ReadonlyMap<string, FoundObject>) {
  const updating = new Set(
    (state.pending_operations ?? []).flatMap(({ type, resource }) =>
      type === "updating" ? [resource.urn] : [],
    ),
  );
  const resources = (state.resources ?? []).map((one) =>
    updating.has(one.urn) && !one.delete ? { ...one, initErrors: ["its update was interrupted"] } : one,
  );
  const leftOver: string[] = [];
  for (const { resource } of pendingCreates(state)) {
    const { urn, inputs } = resource;
    const object = found.get(urn);
    if (!object) continue;
    const { id, fieldManager } = object;
    // Without the inputs in it the provider would find all of them new, the namespace too, and replace the object.
    const outputs = { ...inputs, __inputs: inputs, ...(fieldManager && { __fieldManager: fieldManager }) };
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
