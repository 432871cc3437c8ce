import type { LayerEntry } from "./layer";
import type { ContainerConfig } from "./oci";

/** An account of an image: its line in /etc/passwd, and its group. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

/** What an official image promises to those who run it, kept by a layer over Debian's packages. */
export interface StandIn {
  /** Account besides the two that every image has. @default none */
  account?: Account;
  /** Folders and links beside the files in `standins/<name>`. @default none */
  entries?: LayerEntry[];
  config: ContainerConfig;
}

/** Where programs are looked for, as in the official images. */
export const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** PostgreSQL's programs by their own names: Debian's in /usr/bin are wrappers in Perl. */
const postgresPrograms = [
  ...["postgres", "initdb", "pg_ctl", "pg_controldata", "pg_resetwal", "pg_upgrade", "pg_rewind"],
  ...["psql", "pg_isready", "pg_dump", "pg_dumpall", "pg_restore", "pg_basebackup", "pg_receivewal"],
  ...["createdb", "dropdb", "createuser", "dropuser", "vacuumdb", "reindexdb", "clusterdb", "pgbench"],
];

/** The stores and tools of the platform, by the name of their folder in `standins`. */
export const standIns = {
  postgres: {
    account: { name: "postgres", uid: 70, gid: 70, home: "/var/lib/postgresql" },
    entries: [
      folder("var/lib/postgresql", 70, 70),
      folder("var/lib/postgresql/data", 70, 70, 0o1777),
      folder("run/postgresql", 70, 70, 0o3777),
      folder("docker-entrypoint-initdb.d"),
      ...postgresPrograms.map((name) => link(`usr/local/bin/${name}`, `/usr/lib/postgresql/15/bin/${name}`)),
    ],
    config: {
      Env: [searchPath, "LANG=C.UTF-8", "PG_MAJOR=15", "PGDATA=/var/lib/postgresql/data"],
      Entrypoint: ["docker-entrypoint.sh"],
      Cmd: ["postgres"],
      ExposedPorts: { "5432/tcp": {} },
      Volumes: { "/var/lib/postgresql/data": {} },
      StopSignal: "SIGINT",
    },
  },
  redis: {
    account: { name: "redis", uid: 999, gid: 1000, home: "/data" },
    entries: [folder("data", 999, 1000)],
    config: {
      Env: [searchPath],
      Entrypoint: ["docker-entrypoint.sh"],
      Cmd: ["redis-server"],
      WorkingDir: "/data",
      ExposedPorts: { "6379/tcp": {} },
      Volumes: { "/data": {} },
    },
  },
  rabbitmq: {
    account: { name: "rabbitmq", uid: 100, gid: 101, home: "/var/lib/rabbitmq" },
    entries: [
      folder("etc/rabbitmq", 100, 101),
      folder("var/lib/rabbitmq", 100, 101, 0o1777),
      folder("var/log/rabbitmq", 100, 101, 0o1777),
    ],
    config: {
      Env: [
        // Its programs find each other beside themselves; Debian has wrappers in the usual places.
        searchPath.replace("=", "=/usr/lib/rabbitmq/bin:"),
        "LANG=C.UTF-8",
        "HOME=/var/lib/rabbitmq",
        "RABBITMQ_DATA_DIR=/var/lib/rabbitmq",
      ],
      Entrypoint: ["docker-entrypoint.sh"],
      Cmd: ["rabbitmq-server"],
      ExposedPorts: ports(4369, 5671, 5672, 15671, 15672, 15691, 15692, 25672),
      Volumes: { "/var/lib/rabbitmq": {} },
    },
  },
  nginx: {
    account: { name: "nginx", uid: 101, gid: 101, home: "/var/cache/nginx" },
    entries: [
      folder("docker-entrypoint.d"),
      folder("var/cache/nginx"),
      // Debian's build keeps bodies and proxied answers in /var/lib/nginx, the official one in its cache folder.
      link("var/lib/nginx", "/var/cache/nginx"),
      link("var/log/nginx/access.log", "/dev/stdout"),
      link("var/log/nginx/error.log", "/dev/stderr"),
    ],
    config: {
      Env: [searchPath],
      Entrypoint: ["/docker-entrypoint.sh"],
      Cmd: ["nginx", "-g", "daemon off;"],
      ExposedPorts: { "80/tcp": {} },
      StopSignal: "SIGQUIT",
    },
  },
  prometheus: {
    entries: [folder("etc/prometheus"), folder("prometheus", 65534, 65534)],
    config: {
      User: "65534:65534",
      Env: [searchPath],
      Entrypoint: ["/bin/prometheus"],
      Cmd: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
      WorkingDir: "/prometheus",
      ExposedPorts: ports(9090),
      Volumes: { "/prometheus": {} },
    },
  },
  alertmanager: {
    entries: [
      link("usr/bin/alertmanager", "prometheus-alertmanager"),
      folder("etc/alertmanager"),
      folder("alertmanager", 65534, 65534),
    ],
    config: {
      User: "65534:65534",
      Env: [searchPath],
      Entrypoint: ["/bin/alertmanager"],
      Cmd: ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
      WorkingDir: "/alertmanager",
      ExposedPorts: ports(9093),
      Volumes: { "/alertmanager": {} },
    },
  },
  postgresExporter: {
    entries: [link("usr/bin/postgres_exporter", "prometheus-postgres-exporter")],
    config: {
      User: "65534:65534",
      Env: [searchPath],
      Entrypoint: ["/bin/postgres_exporter"],
      ExposedPorts: ports(9187),
    },
  },
  redisExporter: {
    entries: [link("redis_exporter", "/usr/bin/prometheus-redis-exporter")],
    config: {
      User: "59000:59000",
      Env: [searchPath],
      Entrypoint: ["/redis_exporter"],
      ExposedPorts: ports(9121),
    },
  },
  proxyv2: {
    account: { name: "istio-proxy", uid: 1337, gid: 1337, home: "/var/lib/istio" },
    config: {
      User: "1337:1337",
      Env: [searchPath],
      Entrypoint: ["/usr/local/bin/pilot-agent"],
    },
  },
  pilot: {
    account: { name: "istio-proxy", uid: 1337, gid: 1337, home: "/var/lib/istio" },
    config: {
      User: "1337:1337",
      Env: [searchPath],
      Entrypoint: ["/usr/local/bin/pilot-discovery"],
    },
  },
  installCni: {
    config: {
      Env: [`${searchPath}:/opt/cni/bin`],
      Cmd: ["/usr/local/bin/install-cni"],
      WorkingDir: "/opt/cni/bin",
    },
  },
  busybox: { config: { Env: [searchPath], Cmd: ["sh"] } },
  pause: { config: { Env: [searchPath], Entrypoint: ["/usr/bin/catatonit", "-P"], User: "65535:65535" } },
} satisfies Record<string, StandIn>;

export type StandInName = keyof typeof standIns;

function folder(path: string, uid = 0, gid = 0, mode = 0o755): LayerEntry {
  return { kind: "folder", path, uid, gid, mode };
}

function link(path: string, target: string): LayerEntry {
  return { kind: "link", path, target };
}

function ports(...numbers: number[]): Record<string, object> {
  return Object.fromEntries(numbers.map((number) => [`${number}/tcp`, {}]));
}
