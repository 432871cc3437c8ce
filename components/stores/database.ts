import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "../kube/labels";
import { scratch } from "../kube/scratch";
import { containerSecurity, podSecurity } from "../kube/security";
import { type Checksum, password, type SecretRef } from "../secrets";
import { images, users } from "../versions";
import type { PostgresAdmin } from "./postgres";
import type { Endpoint } from "./store";

/** Arguments of {@link Database}. */
export interface DatabaseArgs {
  namespace: pulumi.Input<string>;
  platform: string;
  /** Name of the database. */
  database: string;
  /** Service that owns the login. */
  service: string;
  server: Endpoint;
  admin: PostgresAdmin;
  protect: boolean;
  checksum: Checksum;
}

/**
 * A database and one service's login to it, made on a running server. Running it again changes nothing, so that
 * a service added later gets its own without the server being touched, and a new password is only set.
 */
export class Database extends pulumi.ComponentResource {
  /** `postgresql://` URL of the login. */
  readonly url: SecretRef;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:stores:Database", name, {}, opts);
    const { namespace, platform, database, service, server, admin, protect } = args;
    const login = service.replaceAll("-", "_");
    const objectName = `postgres-${service}`;
    const metadata = { name: objectName, namespace, labels: labelsOf("postgres-login", platform) };
    const child = { parent: this };

    const value = password(`${name}-password`, { ...child, protect });
    const checksum = args.checksum(value);
    const secret = createSecret();
    createJob();
    this.url = { secret: objectName, key: "url", checksum };
    this.registerOutputs();

    function createSecret() {
      const url = pulumi.interpolate`postgresql://${login}:${value}@${server.host}:${server.port}/${database}`;
      return new k8s.core.v1.Secret(
        name,
        { metadata, stringData: { username: login, password: value, url } },
        child,
      );
    }

    function createJob() {
      const writable = scratch(["/tmp"]);
      const fromSecret = (secret: string) => ({ secretKeyRef: { name: secret, key: "password" } });
      return new k8s.batch.v1.Job(
        name,
        {
          metadata,
          spec: {
            backoffLimit: 6,
            template: {
              // A new password is another template, hence another run.
              metadata: { labels: metadata.labels, annotations: { "platform/login": checksum } },
              spec: {
                restartPolicy: "OnFailure",
                automountServiceAccountToken: false,
                enableServiceLinks: false,
                securityContext: podSecurity(users.postgres),
                containers: [
                  {
                    name: "login",
                    image: images.postgres,
                    imagePullPolicy: "IfNotPresent",
                    command: [
                      "sh",
                      "-c",
                      'printf %s "$SCRIPT" | psql --no-psqlrc --quiet --set ON_ERROR_STOP=1',
                    ],
                    env: [
                      { name: "SCRIPT", value: LOGIN_SCRIPT },
                      { name: "PGHOST", value: server.host },
                      { name: "PGPORT", value: String(server.port) },
                      { name: "PGDATABASE", value: "postgres" },
                      { name: "PGUSER", value: admin.user },
                      { name: "PGPASSWORD", valueFrom: fromSecret(admin.secret) },
                      { name: "DATABASE", value: database },
                      { name: "LOGIN", value: login },
                      { name: "LOGIN_PASSWORD", valueFrom: fromSecret(objectName) },
                    ],
                    resources: {
                      requests: { cpu: "10m", memory: "32Mi" },
                      limits: { cpu: "500m", memory: "64Mi" },
                    },
                    securityContext: containerSecurity(),
                    volumeMounts: writable.mounts,
                  },
                ],
                volumes: writable.volumes,
              },
            },
          },
        },
        { ...child, dependsOn: [secret], deleteBeforeReplace: true },
      );
    }
  }
}

/**
 * Idempotent: each step asks first or states the end. Tables belong to a role of the database, which every login
 * acts as, so that two services with logins to one database can use each other's tables.
 */
const LOGIN_SCRIPT = `
\\getenv database DATABASE
\\getenv login LOGIN
\\getenv password LOGIN_PASSWORD
SELECT :'database' || '_owner' AS owner \\gset
SELECT format('CREATE ROLE %I NOLOGIN', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \\gexec
SELECT format('CREATE ROLE %I LOGIN', :'login')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \\gexec
ALTER ROLE :"login" PASSWORD :'password';
GRANT :"owner" TO :"login";
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
ALTER ROLE :"login" IN DATABASE :"database" SET role = :'owner';
`;
