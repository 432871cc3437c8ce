import type { Plan } from "../../../model/plan";
import { type AlertRule, alert } from "./rule";

/** Share of Postgres' connections, and of Redis' memory, that is too much. */
const CONNECTIONS = 0.8;
/** Messages that wait in one queue. */
const BACKLOG = 1000;

/** The data stores and the front door. */
export function storeAlerts({ postgres, redis, rabbitmq, frontDoor }: Plan): AlertRule[] {
  return [
    ...(postgres ? postgresAlerts(postgres) : []),
    ...(redis ? [unavailable("RedisDown", "redis_up == 0", "Redis")] : []),
    ...(rabbitmq ? rabbitmqAlerts() : []),
    ...(frontDoor.kind === "standalone" ? [frontDoorDown, ...certificateAlerts()] : []),
  ];
}

/** Days before the end of the certificate: whoever renews it has failed by then, and there is time to find out why. */
const CERTIFICATE = { ticket: 14, page: 2 };

/** What nginx really serves: a renewed Secret that it has not taken over is as bad as none. */
function certificateAlerts(): AlertRule[] {
  const endsWithin = (days: number) => `nginx_certificate_end_seconds - time() < ${days} * 86400`;
  const summary = "The certificate of {{ $labels.pod }} ends soon";
  const description = "In {{ $value | humanizeDuration }} browsers refuse it.";
  return [
    alert({
      name: "CertificateEnds",
      when: endsWithin(CERTIFICATE.ticket),
      severity: "ticket",
      summary,
      description,
    }),
    alert({
      name: "CertificateEndsAtOnce",
      when: endsWithin(CERTIFICATE.page),
      severity: "page",
      summary,
      description,
    }),
  ];
}

/** nginx tells its metrics itself: when it does not answer, or is gone, there are none. */
const frontDoorDown = alert({
  name: "FrontDoorDown",
  when: 'up{job="nginx"} == 0 or absent(up{job="nginx"})',
  for: "1m",
  severity: "page",
  summary: "nginx does not answer",
  description: "Prometheus has had no metrics of {{ $labels.pod }} for a minute.",
});

/** An exporter that answers, and says that its store does not. */
const unavailable = (name: string, when: string, what: string): AlertRule =>
  alert({
    name,
    when,
    for: "1m",
    severity: "page",
    summary: `${what} does not answer`,
    description: "The exporter in {{ $labels.pod }} cannot ask it.",
  });

function postgresAlerts({ archive, maxConnections }: NonNullable<Plan["postgres"]>): AlertRule[] {
  return [
    unavailable("PostgresDown", "pg_up == 0", "Postgres"),
    alert({
      name: "PostgresConnectionsRunningOut",
      when: `sum(pg_stat_activity_count) / ${maxConnections} > ${CONNECTIONS}`,
      for: "5m",
      severity: "ticket",
      summary: "Postgres has few connections left",
      description: `{{ $value | humanizePercentage }} of ${maxConnections} are taken.`,
    }),
    ...(archive
      ? [
          alert({
            name: "ArchivingFails",
            when: "increase(pg_stat_archiver_failed_count[15m]) > 0",
            severity: "page",
            summary: "Postgres cannot archive its log",
            description: "What is not archived cannot be restored, and fills the volume.",
          }),
        ]
      : []),
  ];
}

function rabbitmqAlerts(): AlertRule[] {
  return [
    alert({
      name: "RabbitmqRefusesMessages",
      when: "rabbitmq_alarms_memory_used_watermark == 1 or rabbitmq_alarms_free_disk_space_watermark == 1",
      severity: "page",
      summary: "RabbitMQ takes no more messages",
      description: "{{ $labels.pod }} is out of memory or of disk space; publishers wait.",
    }),
    alert({
      name: "MessagesWaiting",
      when: `sum(rabbitmq_queue_messages_ready) > ${BACKLOG}`,
      for: "10m",
      severity: "ticket",
      summary: "Messages are not consumed as fast as they come",
      description: "{{ $value }} are waiting.",
    }),
  ];
}
