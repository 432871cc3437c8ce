/**
 * How soon an alert needs a person: `page` at once, `ticket` in the morning; `info` is only shown. `none` is for
 * the one that always fires.
 */
export type Severity = "page" | "ticket" | "info" | "none";

/** An alert as rules.yml has it. */
export interface AlertRule {
  alert: string;
  expr: string;
  /** How long it must hold, a Prometheus duration. @default at once */
  for?: string;
  labels: { severity: Severity; service?: string };
  annotations: {
    summary: string;
    description: string;
    /** Where the guide is in the repository, as long as no URL of it is known. */
    runbook?: string;
    runbook_url?: string;
  };
}

/** Rules that are evaluated together, one after the other. */
export interface RuleGroup {
  name: string;
  rules: AlertRule[];
}

/** What one alert has of its own. */
export interface Alert {
  name: string;
  /** PromQL; what it returns fires. */
  when: string;
  for?: string;
  severity: Severity;
  /** The service, where the expression does not return its label. */
  service?: string;
  /** What users or operators notice, in one line. */
  summary: string;
  /** The metric behind it; `{{ $value }}` and `{{ $labels.… }}` are filled in. */
  description: string;
}

/** Where the guide says what to do; a test sees to it that every alert is in it. */
const GUIDE = "docs/operations.md";

/** Where the guide says what to do about an alert, from the repository's root. */
export const runbookOf = (alertName: string): string => `${GUIDE}#${alertName.toLowerCase()}`;

/** The same alert with a link that works in any message. @param guide URL of the guide @default unknown */
export const withRunbookUrl = (rule: AlertRule, guide?: string): AlertRule => {
  if (!guide) return rule;
  const { runbook: _, ...annotations } = rule.annotations;
  return { ...rule, annotations: { ...annotations, runbook_url: `${guide}#${rule.alert.toLowerCase()}` } };
};

/** The alert as Prometheus reads it. */
export const alert = ({
  name,
  when,
  severity,
  service,
  summary,
  description,
  ...rest
}: Alert): AlertRule => ({
  alert: name,
  expr: when,
  ...(rest.for && { for: rest.for }),
  labels: { severity, ...(service && { service }) },
  annotations: { summary, description, runbook: runbookOf(name) },
});
