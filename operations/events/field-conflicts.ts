/** Fields that an object's owner has lost to another manager, as the API server tells of them. */

/** What the Kubernetes provider says when a field was changed by another manager than this stack, which owns it now. */
const CONFLICT = /apply conflict/;

/** Who has the field now: `conflict with "kubectl-patch" using autoscaling/v2: .spec.maxReplicas`. */
const OWNER = /conflicts? with "([^"]+)"/g;

/** Whose fields the provider takes back in an update, and in a preview does not (its 4.25, `fixCSAFieldManagers`). */
const TAKEN_BACK = /^(?:kubectl|before-first-apply|pulumi-kubernetes|pulumi-resource-kubernetes)/;

export const isConflict = (error: string): boolean => CONFLICT.test(error);

/** Whether an update gets over all of these errors of a preview. Pure. */
export function areTakenBack(errors: readonly string[]): boolean {
  const telling = errors.filter((error) => !GENERAL.test(error));
  return (
    telling.length > 0 &&
    telling.every((error) => {
      const owners = [...error.matchAll(OWNER)].map(([, owner = ""]) => owner);
      return isConflict(error) && owners.length > 0 && owners.every((owner) => TAKEN_BACK.test(owner));
    })
  );
}

/** What Pulumi says beside the errors themselves, and of rules that it has no time for any more. */
const GENERAL = /^(?:preview|update) failed$|context canceled$/;
