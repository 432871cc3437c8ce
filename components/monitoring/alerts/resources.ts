import type { Plan } from "../../plan";
import { type AlertRule, alert } from "./rule";

/** Share of a limit, or of a volume, that is too much. */
const THRESHOLDS = { cpu: 0.9, memory: 0.9, throttled: 0.25, volume: 0.85, volumeFull: 0.95 };

/** Use of resources beside their limits (discovery document, Alerting Rules). */
export function resourceAlerts({ namespace }: Plan): AlertRule[] {
  // Of the containers themselves: without this the sums of their pods are counted as well.
  const containers = `job="containers",namespace="${namespace}",container!=""`;
  const sum = (expression: string) => `sum by (pod, container) (${expression})`;
  const rate = (metric: string) => sum(`rate(${metric}{${containers}}[5m])`);
  const volume =
    `kubelet_volume_stats_used_bytes{namespace="${namespace}"} / ` +
    `kubelet_volume_stats_capacity_bytes{namespace="${namespace}"}`;

  return [
    alert({
      name: "CpuNearLimit",
      when:
        `${rate("container_cpu_usage_seconds_total")} / ` +
        `${sum(`container_spec_cpu_quota{${containers}} / container_spec_cpu_period{${containers}}`)} > ${THRESHOLDS.cpu}`,
      for: "10m",
      severity: "ticket",
      summary: "{{ $labels.container }} of {{ $labels.pod }} uses nearly all the cpu it may",
      description: "{{ $value | humanizePercentage }} of its limit for ten minutes.",
    }),
    alert({
      name: "CpuThrottled",
      when:
        `${rate("container_cpu_cfs_throttled_periods_total")} / ` +
        `${rate("container_cpu_cfs_periods_total")} > ${THRESHOLDS.throttled}`,
      for: "15m",
      severity: "ticket",
      summary: "{{ $labels.container }} of {{ $labels.pod }} is held back by its cpu limit",
      description: "In {{ $value | humanizePercentage }} of the periods it had to wait.",
    }),
    alert({
      name: "MemoryNearLimit",
      when:
        `${sum(`container_memory_working_set_bytes{${containers}}`)} / ` +
        `(${sum(`container_spec_memory_limit_bytes{${containers}}`)} > 0) > ${THRESHOLDS.memory}`,
      for: "10m",
      severity: "ticket",
      summary: "{{ $labels.container }} of {{ $labels.pod }} is about to be killed for its memory",
      description: "{{ $value | humanizePercentage }} of its limit for ten minutes.",
    }),
    alert({
      name: "OutOfMemory",
      when: `sum by (pod, container) (increase(container_oom_events_total{${containers}}[10m])) > 0`,
      severity: "ticket",
      summary: "{{ $labels.container }} of {{ $labels.pod }} was killed for its memory",
      description: "It wanted more than its limit.",
    }),
    alert({
      name: "VolumeFilling",
      when: `${volume} > ${THRESHOLDS.volume}`,
      for: "10m",
      severity: "ticket",
      summary: "The volume {{ $labels.persistentvolumeclaim }} fills up",
      description: "{{ $value | humanizePercentage }} of it is used.",
    }),
    alert({
      name: "VolumeFull",
      when: `${volume} > ${THRESHOLDS.volumeFull}`,
      for: "1m",
      severity: "page",
      summary: "The volume {{ $labels.persistentvolumeclaim }} is full",
      description: "{{ $value | humanizePercentage }} of it is used: its store stops soon.",
    }),
  ];
}
