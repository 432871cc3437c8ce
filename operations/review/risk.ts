/** The kinds of risk, the worst first: the order in which a reviewer reads them. */
export const riskKinds = ["data", "replace", "delete", "exposure", "isolation", "edge", "restart"] as const;

export type RiskKind = (typeof riskKinds)[number];

/** One thing that a reviewer has to say yes to. */
export interface Risk {
  kind: RiskKind;
  /** The resource, route or edge, as people call it. */
  subject: string;
  /** What happens to it: the rest of the sentence. */
  text: string;
  /** What it comes from: properties, kinds of objects, values. */
  because?: string[];
}
