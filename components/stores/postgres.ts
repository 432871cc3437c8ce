import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { roles, secrets } from "../../model/names";
import { users } from "../../model/versions";
import { workloads } from "../../model/workloads";
import { createAccount } from "../kube/account";
import { createClaim } from "../kube/claim";
import { labelsOf } from "../kube/labels";
import { password } from "../kube/password";
import { createStatefulStore } from "../kube/stateful";
import { CA_FILE } from "../kube/trust";
import type { SpeakingEndpoint } from "../kube/wait";
import { createServerCertificate } from "./certificate";
import { createExporter } from "./exporter";
import { createLoginJob, type PostgresAdmin } from "./login";
import {
  accessRules,
  archiveScript,
  type PostgresPlan,
  paths,
  postgresConfig,
  reloadScript,
  startConfig,
} from "./postgres-config";
import type { StoreArgs } from "./store-args";

const { app: APP, port: PORT } = workloads.postgres;
const SECRETS = "/run/secrets/postgres";
/** Secret and Job of the exporter's login. */
const METRICS_LOGIN = secrets.postgresMetrics;

/** Arguments of {@link Postgres}. */
export type PostgresArgs = StoreArgs & PostgresPlan;

/**
 * One PostgreSQL 15 with a volume of its own, and one more for its log files if they are to be kept. It speaks TLS
 * alone. Databases and logins come from {@link Database}.
 */
export class Postgres extends pulumi.ComponentResource {
  readonly endpoint: SpeakingEndpoint = { host: APP, port: PORT, speaks: "postgres" };
  readonly admin: PostgresAdmin = { user: roles.admin, secret: secrets.postgresAdmin };
  /** What a Job that makes a login waits for: not the metrics. */
  readonly server: pulumi.Resource[];

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:stores:Postgres", name, {}, opts);
    const { namespace, platform, protect, archive } = args;
    const { admin, endpoint } = this;
    const labels = labelsOf(APP, platform);
    const child = { parent: this };
    const config = {
      "postgresql.conf": postgresConfig(args),
      "pg_hba.conf": accessRules,
      "reload.sh": reloadScript,
      ...(archive && { "archive.sh": archiveScript }),
    };

    const adminSecret = createSecret(`${name}-admin`, admin.secret, admin.user);
    const metrics = createSecret(`${name}-metrics`, METRICS_LOGIN, roles.metrics);
    const certificate = createServerCertificate(name, APP, args, child);
    const configMap = new k8s.core.v1.ConfigMap(
      name,
      { metadata: { name: APP, namespace, labels }, data: config },
      child,
    );
    const server = createServer();
    const account = createAccount(`${name}-login`, workloads.postgresLogin.app, args, child);
    createMetrics();
    this.server = [server, account];
    this.registerOutputs({ endpoint });

    function createSecret(resourceName: string, secretName: string, username: string) {
      const value = password(`${resourceName}-password`, { ...child, protect });
      const secret = new k8s.core.v1.Secret(
        resourceName,
        {
          metadata: { name: secretName, namespace, labels },
          stringData: { username, password: value },
        },
        child,
      );
      return { secret, checksum: args.checksum(value) };
    }

    function createServer() {
      const ready = (host: string) => ["pg_isready", "--quiet", `--host=${host}`, `--username=${admin.user}`];
      const reload = `sh ${paths.config}/reload.sh /tmp/files-read ${paths.config}/* ${paths.tls}/*`;
      const alive = `${reload}; exec ${ready("/var/run/postgresql").join(" ")}`;
      return createStatefulStore(
        name,
        args,
        {
          app: APP,
          user: users.postgres,
          ports: { postgres: PORT },
          dataPath: paths.data,
          scratchPaths: ["/tmp", "/var/run/postgresql"],
          mounts: [
            { volume: { name: "admin", secret: { secretName: admin.secret } }, mountPath: SECRETS },
            { volume: { name: "config", configMap: { name: APP } }, mountPath: paths.config },
            { volume: certificate.volume, mountPath: paths.tls },
            ...archiveMounts(),
          ],
          // The rest it reads anew by itself.
          checksums: { "platform/config": args.checksum(startConfig(args)) },
          // A fast shutdown ends with a checkpoint; killed before it, the next start has to recover.
          gracePeriod: 60,
          container: {
            image: args.images.postgres,
            args: ["postgres", "-c", `config_file=${paths.config}/postgresql.conf`],
            env: [
              { name: "POSTGRES_USER", value: admin.user },
              { name: "POSTGRES_PASSWORD_FILE", value: `${SECRETS}/password` },
              { name: "PGDATA", value: paths.cluster },
            ],
            // Only the socket answers while the first start makes the database cluster.
            readinessProbe: { exec: { command: ready("127.0.0.1") }, periodSeconds: 5, timeoutSeconds: 5 },
            livenessProbe: {
              exec: { command: ["sh", "-c", alive] },
              periodSeconds: 10,
              timeoutSeconds: 5,
              failureThreshold: 6,
            },
          },
        },
        { ...child, dependsOn: [adminSecret.secret, certificate.secret, configMap] },
      );
    }

    /** A volume of the pod rather than of the StatefulSet's template: it can be added to a server that runs. */
    function archiveMounts() {
      if (!archive) return [];
      const claim = `archive-${APP}-0`;
      createClaim(`${name}-archive-0`, { app: APP, claim, storage: archive }, args, child);
      const volume = { name: "archive", persistentVolumeClaim: { claimName: claim } };
      return [{ volume, mountPath: paths.archive, writable: true }];
    }

    function createMetrics() {
      const { ca } = args;
      const login = createLoginJob(
        `${name}-metrics`,
        {
          login: METRICS_LOGIN,
          script: METRICS_SCRIPT,
          checksum: metrics.checksum,
          server: endpoint,
          admin,
          ca,
        },
        args,
        { ...child, dependsOn: [server, account, metrics.secret] },
      );
      const fromSecret = (key: string) => ({ secretKeyRef: { name: METRICS_LOGIN, key } });
      const source = `${APP}:${PORT}/postgres?sslmode=verify-full&sslrootcert=${CA_FILE}`;
      createExporter(
        `${name}-exporter`,
        {
          workload: workloads.postgresExporter,
          image: args.images.postgresExporter,
          env: [
            { name: "DATA_SOURCE_URI", value: source },
            { name: "DATA_SOURCE_USER", valueFrom: fromSecret("username") },
            { name: "DATA_SOURCE_PASS", valueFrom: fromSecret("password") },
          ],
          login: metrics.checksum,
          ca,
        },
        args,
        { ...child, dependsOn: [login] },
      );
    }
  }
}

/** May read every metric of the server and no row of a table. */
const METRICS_SCRIPT = `
\\getenv login LOGIN
\\getenv password LOGIN_PASSWORD
SELECT format('CREATE ROLE %I LOGIN', :'login')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \\gexec
ALTER ROLE :"login" PASSWORD :'password' CONNECTION LIMIT 5;
GRANT pg_monitor TO :"login";
`;
