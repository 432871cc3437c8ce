import type { Properties } from "../protocol/index";
import type { Path } from "./diff";
import { at } from "./object";

/** Which kinds may change in place although the official plugin replaces them by default. */
export interface MutableKinds {
  configMap: boolean;
  secret: boolean;
}

/** What of a kind cannot change: these paths, or all of `within` except these. `*` stands for any index. */
type Rule = { only: string[] } | { within: string; except: string[] };

const always = ["kind", "metadata.name", "metadata.namespace"];

/** By kind and group: the API server refuses an update of these, so that only a new object can have them. */
const rules: Record<string, Rule> = {
  "Deployment.apps": { only: ["spec.selector"] },
  "DaemonSet.apps": { only: ["spec.selector"] },
  "ReplicaSet.apps": { only: ["spec.selector"] },
  "StatefulSet.apps": {
    within: "spec",
    except: [
      "replicas",
      "ordinals",
      "template",
      "updateStrategy",
      "revisionHistoryLimit",
      "persistentVolumeClaimRetentionPolicy",
      "minReadySeconds",
    ],
  },
  "Job.batch": {
    only: [
      "spec.template",
      "spec.selector",
      "spec.completions",
      "spec.completionMode",
      "spec.podFailurePolicy",
      "spec.manualSelector",
    ],
  },
  Pod: {
    within: "spec",
    except: ["containers.*.image", "initContainers.*.image", "activeDeadlineSeconds", "tolerations"],
  },
  Service: { only: ["spec.clusterIP", "spec.clusterIPs"] },
  PersistentVolumeClaim: { within: "spec", except: ["resources.requests", "volumeAttributesClassName"] },
  PersistentVolume: {
    within: "spec",
    except: [
      "capacity",
      "accessModes",
      "claimRef",
      "mountOptions",
      "persistentVolumeReclaimPolicy",
      "storageClassName",
      "volumeAttributesClassName",
    ],
  },
  ResourceQuota: { only: ["spec.scopes", "spec.scopeSelector"] },
  "RoleBinding.rbac.authorization.k8s.io": { only: ["roleRef"] },
  "ClusterRoleBinding.rbac.authorization.k8s.io": { only: ["roleRef"] },
  "StorageClass.storage.k8s.io": {
    only: ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"],
  },
  "PriorityClass.scheduling.k8s.io": { only: ["value", "preemptionPolicy"] },
  "IngressClass.networking.k8s.io": { only: ["spec.controller"] },
  "RuntimeClass.node.k8s.io": { only: ["handler"] },
};

/** Whether the change at this path needs a new object. */
export function replaces(next: Properties, old: Properties, path: Path, mutable: MutableKinds): boolean {
  const keys = path.map((key) => (typeof key === "number" ? "*" : key));
  return touches(keys, { only: always }) || touches(keys, ruleOf(next, old, mutable));
}

function ruleOf(next: Properties, old: Properties, mutable: MutableKinds): Rule {
  const frozen = old.immutable === true;
  if (next.kind === "Secret" && next.apiVersion === "v1") {
    const data = frozen || !mutable.secret ? ["data", "stringData"] : [];
    return { only: ["type", ...data, ...(frozen ? ["immutable"] : [])] };
  }
  if (next.kind === "ConfigMap" && next.apiVersion === "v1") {
    const data = frozen || !mutable.configMap ? ["data", "binaryData"] : [];
    return { only: [...data, ...(frozen ? ["immutable"] : [])] };
  }
  const group = /^(.+)\//.exec(String(next.apiVersion))?.[1];
  const rule = rules[group ? `${next.kind}.${group}` : String(next.kind)] ?? { only: [] };
  return next.kind === "Service" ? movedService(rule, next) : rule;
}

/** A Service that becomes an ExternalName gives its address back, which Kubernetes allows. */
function movedService(rule: Rule, next: Properties): Rule {
  return at(next, "spec", "type") === "ExternalName" ? { only: [] } : rule;
}

/** A change above a path that cannot change takes that one with it. */
function touches(path: string[], rule: Rule): boolean {
  if ("only" in rule) {
    return rule.only.some((text) => isPrefix(text.split("."), path) || isPrefix(path, text.split(".")));
  }
  if (path[0] !== rule.within) return false;
  const inner = path.slice(1);
  return !rule.except.some((text) => isPrefix(text.split("."), inner));
}

function isPrefix(prefix: string[], path: string[]): boolean {
  return prefix.length <= path.length && prefix.every((key, index) => key === path[index]);
}
