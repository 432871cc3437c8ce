import type { V1Deployment, V1LabelSelector } from "@kubernetes/client-node";
import type { Change, State } from "./preview";
import type { Risk } from "./risk";

/** Kinds that keep something out only as long as they are there. */
const KEEPS_OUT = ["NetworkPolicy", "AuthorizationPolicy", "PeerAuthentication"];

/** The three of them, as far as they are read here. */
interface Policy {
  spec?: { podSelector?: V1LabelSelector; selector?: V1LabelSelector; mtls?: { mode?: string } };
}

/** What stops keeping others out, although what it protects stays. */
export function isolationRisks(changes: readonly Change[]): Risk[] {
  return changes.flatMap((change): Risk[] => {
    const { kind, label, operation, old, new: next } = change;
    if (!KEEPS_OUT.includes(kind)) return [];
    if (operation === "delete" && isStillThere(labelsOf(old), changes)) {
      return [{ kind: "isolation", subject: label, text: "is deleted: what it kept out can come in" }];
    }
    const [before, after] = [modeOf(old), modeOf(next)];
    return next && before === "STRICT" && after !== "STRICT"
      ? [
          {
            kind: "isolation",
            subject: label,
            text: "lets plain text in",
            because: [`mode ${after ?? "not set"}`],
          },
        ]
      : [];
  });
}

const modeOf = (state: State | undefined) => (state?.inputs as Policy | undefined)?.spec?.mtls?.mode;

function labelsOf(state: State | undefined): Record<string, string> {
  const { podSelector, selector } = (state?.inputs as Policy | undefined)?.spec ?? {};
  return (podSelector ?? selector)?.matchLabels ?? {};
}

/** Whether a workload stays that the labels select; without labels, any. */
function isStillThere(labels: Record<string, string>, changes: readonly Change[]): boolean {
  return changes.some(({ new: next }) => {
    const own = (next?.inputs as Partial<V1Deployment> | undefined)?.spec?.template?.metadata?.labels;
    return own !== undefined && Object.entries(labels).every(([key, value]) => own[key] === value);
  });
}
