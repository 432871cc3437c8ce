import type { Plan } from "../../../model/plan";
import { queriesOf } from "../queries";
import { type AlertRule, alert } from "./rule";

/** Share of a limit, or of a volume, that is too much. */
const THRESHOLDS = { cpu: 0.9, memory: 0.9, throttled: 0.25, volume: 0.85, volumeFull: 0.95 };

/** Use of resources beside their limits (docs/requirements.md, D8). */
export function resourceAlerts(plan: Plan): AlertRule[] {
  const { cpu, container, volumes } = queriesOf(plan);
  const rate = (metric: string) => container((selector) => `rate(${metric}${selector}[5m])`);

  return [
    alert({
      name: "CpuNearLimit",
      when:
        `${cpu("5m")} / ` +
        `${container((selector) => `container_spec_cpu_quota${selector} / container_spec_cpu_period${selector}`)} > ${THRESHOLDS.cpu}`,
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
        `${container((selector) => `container_memory_working_set_bytes${selector}`)} / ` +
        `(${container((selector) => `container_spec_memory_limit_bytes${selector}`)} > 0) > ${THRESHOLDS.memory}`,
      for: "10m",
      severity: "ticket",
      summary: "{{ $labels.container }} of {{ $labels.pod }} is about to be killed for its memory",
      description: "{{ $value | humanizePercentage }} of its limit for ten minutes.",
    }),
    alert({
      name: "OutOfMemory",
      when: `${container((selector) => `increase(container_oom_events_total${selector}[10m])`)} > 0`,
      severity: "ticket",
      summary: "{{ $labels.container }} of {{ $labels.pod }} was killed for its memory",
      description: "It wanted more than its limit.",
    }),
    alert({
      name: "VolumeFilling",
      when: `${volumes} > ${THRESHOLDS.volume}`,
      for: "10m",
      severity: "ticket",
      summary: "The volume {{ $labels.persistentvolumeclaim }} fills up",
      description: "{{ $value | humanizePercentage }} of it is used.",
    }),
    alert({
      name: "VolumeFull",
      when: `${volumes} > ${THRESHOLDS.volumeFull}`,
      for: "1m",
      severity: "page",
      summary: "The volume {{ $labels.persistentvolumeclaim }} is full",
      description: "{{ $value | humanizePercentage }} of it is used: its store stops soon.",
    }),
  ];
}
