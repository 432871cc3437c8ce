import type { Plan } from "../../model/plan";
import { quantity } from "../../model/quantity";

/** What a server is tuned to. */
export type PostgresPlan = NonNullable<Plan["postgres"]>;

/** Where things are in the container. */
export const paths = {
  data: "/var/lib/postgresql/data",
  /** Below the mount point, which may hold a lost+found that initdb refuses. */
  cluster: "/var/lib/postgresql/data/pgdata",
  archive: "/var/lib/postgresql/archive",
  config: "/etc/postgresql",
  tls: "/etc/postgresql-tls",
} as const;

const MIB = 2 ** 20;

/** Seconds after which a log file is archived although it is not full: at most this much is lost with the disk. */
const ARCHIVE_TIMEOUT = 300;

/**
 * postgresql.conf. Memory by the container's limit, as PostgreSQL's documentation has it ("Resource Consumption": a
 * quarter for shared buffers), and no more write-ahead log than a tenth of the volume. Pure.
 */
export const postgresConfig = (plan: PostgresPlan): string => startConfig(plan) + reloadedConfig(plan);

/** What it reads at its start alone (the context `postmaster` in `pg_settings`): another value is another pod. Pure. */
export function startConfig({ resources, maxConnections, archive }: PostgresPlan): string {
  return lines({
    listen_addresses: "'*'",
    hba_file: `'${paths.config}/pg_hba.conf'`,
    max_connections: maxConnections,
    shared_buffers: mib(quantity(resources.limits.memory) / 4, 16),
    ...(archive ? { wal_level: "replica", archive_mode: "on" } : {}),
  });
}

/** What it reads anew whenever it is told to. */
function reloadedConfig({ resources, storage, maxConnections, archive }: PostgresPlan): string {
  const memory = quantity(resources.limits.memory);
  return lines({
    ssl: "on",
    ssl_ca_file: `'${paths.tls}/ca.crt'`,
    ssl_cert_file: `'${paths.tls}/tls.crt'`,
    ssl_key_file: `'${paths.tls}/tls.key'`,
    ssl_min_protocol_version: "'TLSv1.2'",
    password_encryption: "'scram-sha-256'",
    effective_cache_size: mib((memory * 3) / 4, 32),
    // Each connection may use it, several times in one statement.
    work_mem: mib(memory / 4 / maxConnections, 1),
    maintenance_work_mem: mib(Math.min(memory / 16, 1024 * MIB), 16),
    // Volumes are on solid-state disks: a page anywhere costs hardly more than the next one.
    random_page_cost: 1.1,
    max_wal_size: mib(Math.min(quantity(storage) / 10, 8192 * MIB), 96),
    min_wal_size: "48MB",
    wal_compression: "on",
    log_checkpoints: "on",
    log_min_duration_statement: "1s",
    ...(archive
      ? {
          archive_command: `'sh ${paths.config}/archive.sh "%p" "%f"'`,
          archive_timeout: `${ARCHIVE_TIMEOUT}s`,
        }
      : {}),
  });
}

const mib = (bytes: number, least: number) => `${Math.max(least, Math.floor(bytes / MIB))}MB`;

/**
 * `sh reload.sh <what was read> <file> …`: has the server read its files anew when the kubelet has renewed them, settings
 * and certificate alike, rather than start again. Run by the liveness probe, whose end it does not decide.
 */
export const reloadScript = `set -eu
read=$1
shift
now=$(cat "$@" | sha256sum)
if [ "$(cat "$read" 2>/dev/null)" = "$now" ]; then exit 0; fi
pg_ctl reload --silent
echo "$now" >"$read"
`;

/** pg_hba.conf: the superuser by the pod's own socket, everybody else by TLS and password. */
export const accessRules = `local all postgres peer
hostssl all all all scram-sha-256
`;

/**
 * The archive command: `sh archive.sh <path> <name>`. A file appears in the archive complete or not at all, is on the
 * disk before it counts, and is never overwritten; the same one again, after a crash, is fine (PostgreSQL's
 * documentation, "Setting Up WAL Archiving"). Most of a file that was archived by the clock is zeros, hence gzip.
 */
export const archiveScript = `set -eu
path=$1
target=\${ARCHIVE:-${paths.archive}}/$2.gz
if [ -e "$target" ]; then
  gzip -dc "$target" | cmp -s - "$path" && exit 0
  echo "$target is there already, with other content" >&2
  exit 1
fi
gzip -c "$path" >"$target.partial"
sync "$target.partial"
mv "$target.partial" "$target"
sync "\${target%/*}"
`;

const lines = (settings: Record<string, string | number>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join("");
