import type { KubeConfig } from "@kubernetes/client-node";
import { runbookOf } from "../../components/monitoring/alerts/rule";
import { query, type Sample } from "../release/metrics";

/** Asks a stack's Prometheus. One that does not answer is a problem, too: what is unknown is not well. */
export async function readAlertProblems(cluster: KubeConfig, namespace: string): Promise<string[]> {
  try {
    return alertProblems(await query(cluster, namespace, "ALERTS"));
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    return [`its alerts are unknown: ${reason}`];
  }
}

/**
 * The alerts that keep a stack from being verified: those that page, and those that are about to. What can wait for the
 * morning is no reason.
 * @param alerts Prometheus' own series `ALERTS`. Pure.
 */
export function alertProblems(alerts: readonly Sample[]): string[] {
  if (!alerts.some(({ labels }) => labels.alertname === "Watchdog" && labels.alertstate === "firing")) {
    return [
      "its alerts are unknown: Prometheus evaluates none, as Watchdog does not fire; it has just started, or see its page /rules",
    ];
  }
  const lines = alerts
    .filter(({ labels }) => labels.severity === "page")
    .map(({ labels: { alertname = "", alertstate, service } }) => {
      const name = `alert ${alertname}${service ? ` of ${service}` : ""}`;
      const where = `see ${runbookOf(alertname)}`;
      return alertstate === "firing"
        ? `${name} fires: ${where}`
        : `${name} is about to fire: wait until that is decided; ${where}`;
    });
  return [...new Set(lines)].sort();
}
