import { dataRisks } from "./data";
import { type Difference, differencesOf } from "./differences";
import { allowedEdges } from "./edges";
import { exposed } from "./exposure";
import { isolationRisks } from "./isolation";
import type { Change, Operation, Preview } from "./preview";
import { type Requested, requestedBy } from "./requests";
import { type Risk, riskKinds } from "./risk";

/** What a reviewer has to know about one environment, the risks first. */
export interface Review {
  stack: string;
  /** In the order of {@link riskKinds}. */
  risks: Risk[];
  requested: { before: Requested; after: Requested };
  /** False when unchanged resources are not in the preview, so that only changes can be told and no sums. */
  complete: boolean;
  counts: Record<Operation, number>;
  changes: { label: string; operation: Operation; differences: Difference[] }[];
  /** Why there is no whole preview. */
  errors: string[];
}

/** Pure: needs neither a cluster nor Pulumi. */
export function reviewOf({ stack, changes, counts, errors }: Preview): Review {
  const risks = [
    ...changes.flatMap(dataRisks),
    ...changes.flatMap(removalRisks),
    ...exposureRisks(changes),
    ...isolationRisks(changes),
    ...edgeRisks(changes),
  ];
  const count = (operation: Operation) => counts[operation] ?? 0;
  return {
    stack,
    risks: risks.toSorted((a, b) => riskKinds.indexOf(a.kind) - riskKinds.indexOf(b.kind)),
    requested: { before: requestedBy(changes, "old"), after: requestedBy(changes, "new") },
    complete: count("same") === 0 || changes.some(({ operation }) => operation === "same"),
    counts: {
      create: count("create"),
      update: count("update"),
      replace: count("replace"),
      delete: count("delete"),
      same: count("same"),
    },
    changes: changes
      .filter(({ operation }) => operation !== "same")
      .map((change) => ({
        label: change.label,
        operation: change.operation,
        differences: differencesOf(change),
      })),
    errors,
  };
}

/** Also of what holds data, which is told as that and nothing else. */
function removalRisks(change: Change): Risk[] {
  const { label, operation, replaceReasons } = change;
  if (operation !== "replace" && operation !== "delete") return [];
  if (dataRisks(change).length > 0) return [];
  if (operation === "delete") return [{ kind: "delete", subject: label, text: "is deleted" }];
  return [{ kind: "replace", subject: label, text: "is replaced", because: replaceReasons }];
}

function exposureRisks(changes: readonly Change[]): Risk[] {
  const before = exposed(changes, "old");
  const after = exposed(changes, "new");
  return [
    ...[...after]
      .filter((route) => !before.has(route))
      .map((route): Risk => ({ kind: "exposure", subject: route, text: "can be reached from outside" })),
    ...[...before]
      .filter((route) => !after.has(route))
      .map((route): Risk => ({ kind: "delete", subject: route, text: "cannot be reached any more" })),
  ];
}

function edgeRisks(changes: readonly Change[]): Risk[] {
  const before = allowedEdges(changes, "old");
  return [...allowedEdges(changes, "new")].flatMap(([edge, kinds]): Risk[] =>
    before.has(edge) ? [] : [{ kind: "edge", subject: edge, text: "is allowed", because: [...kinds].sort() }],
  );
}
