import { type AlertRule, alert } from "./rule";

/** Whether the alerts themselves work. */
export const ownAlerts: AlertRule[] = [
  alert({
    name: "Watchdog",
    when: "vector(1)",
    severity: "none",
    summary: "Alerts arrive",
    description: "It always fires. Who expects it and gets it no more knows that no alert would come.",
  }),
  alert({
    name: "AlertsNotDelivered",
    when: "increase(prometheus_notifications_dropped_total[5m]) > 0 or prometheus_notifications_alertmanagers_discovered < 1",
    for: "2m",
    severity: "page",
    summary: "Prometheus cannot hand over its alerts",
    description: "Alertmanager does not take them.",
  }),
  alert({
    name: "ConfigurationNotLoaded",
    when: "prometheus_config_last_reload_successful == 0",
    for: "2m",
    severity: "ticket",
    summary: "Prometheus works with an old configuration",
    description: "It does not accept the one it was given last.",
  }),
  alert({
    name: "RuleFailing",
    when: "increase(prometheus_rule_evaluation_failures_total[5m]) > 0",
    for: "2m",
    severity: "ticket",
    summary: "An alert cannot be evaluated",
    description: "Prometheus fails at {{ $labels.rule_group }}.",
  }),
];
