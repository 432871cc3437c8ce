import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "../kube/labels";
import { password } from "../secrets";
import { images, users } from "../versions";
import { createStatefulStore } from "./stateful";
import type { Endpoint, StoreArgs } from "./store";

const APP = "postgres";
const PORT = 5432;
const DATA = "/var/lib/postgresql/data";
const SECRETS = "/run/secrets/postgres";

/** The superuser, for whoever makes databases; services get logins of their own. */
export interface PostgresAdmin {
  user: string;
  /** Name of the Secret whose key `password` holds the password. */
  secret: string;
}

/** One PostgreSQL 15 with a volume of its own. Databases and logins come from {@link Database}. */
export class Postgres extends pulumi.ComponentResource {
  readonly endpoint: Endpoint = { host: APP, port: PORT };
  readonly admin: PostgresAdmin = { user: "postgres", secret: "postgres-admin" };

  constructor(name: string, args: StoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:stores:Postgres", name, {}, opts);
    const { namespace, platform, protect } = args;
    const { admin } = this;
    const child = { parent: this };

    const secret = createAdminSecret();
    createServer();
    this.registerOutputs({ endpoint: this.endpoint });

    function createAdminSecret() {
      const value = password(`${name}-admin-password`, { ...child, protect });
      return new k8s.core.v1.Secret(
        `${name}-admin`,
        {
          metadata: { name: admin.secret, namespace, labels: labelsOf(APP, platform) },
          stringData: { password: value },
        },
        child,
      );
    }

    function createServer() {
      const ready = {
        exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1", `--username=${admin.user}`] },
      };
      return createStatefulStore(
        name,
        args,
        {
          app: APP,
          user: users.postgres,
          ports: { postgres: PORT },
          dataPath: DATA,
          scratchPaths: ["/tmp", "/var/run/postgresql"],
          mounts: [{ volume: { name: "admin", secret: { secretName: admin.secret } }, mountPath: SECRETS }],
          checksums: {},
          // A fast shutdown ends with a checkpoint; killed before it, the next start has to recover.
          gracePeriod: 60,
          container: {
            image: images.postgres,
            env: [
              { name: "POSTGRES_USER", value: admin.user },
              { name: "POSTGRES_PASSWORD_FILE", value: `${SECRETS}/password` },
              // Below the mount point, which may hold a lost+found that initdb refuses.
              { name: "PGDATA", value: `${DATA}/pgdata` },
            ],
            startupProbe: { ...ready, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 120 },
            readinessProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 3 },
            livenessProbe: { ...ready, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
          },
        },
        { ...child, dependsOn: [secret] },
      );
    }
  }
}
