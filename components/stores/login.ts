import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { users } from "../../model/versions";
import { workloads } from "../../model/workloads";
import type { PlatformContext } from "../kube/context";
import type { Endpoint } from "../kube/endpoint";
import { labelsOf } from "../kube/labels";
import { podOf } from "../kube/pod";
import { resourcesOf } from "../kube/resources";
import { scratch } from "../kube/scratch";
import { containerSecurity } from "../kube/security";
import { CA_FILE, CA_FOLDER } from "../kube/trust";
import { JOB_DEADLINE, waitsFor } from "../kube/waits";
import type { Ca } from "./ca";

/** The superuser, for whoever makes databases; services get logins of their own. */
export interface PostgresAdmin {
  user: string;
  /** Name of the Secret whose key `password` holds the password. */
  secret: string;
}

/** A login that is made on a running server. */
export interface LoginArgs {
  /** Name of the Job, and of the Secret with `username` and `password` of the login. */
  login: string;
  /** psql reads it; it must do no harm when it runs again. */
  script: string;
  /** What the script reads besides LOGIN and LOGIN_PASSWORD. */
  environment?: Record<string, string>;
  /** Fingerprint of the password: a new one is another run. */
  checksum: pulumi.Input<string>;
  server: Endpoint;
  admin: PostgresAdmin;
  ca: Pick<Ca, "configMap">;
}

/** A Job that makes a login, or gives it its new password. */
export function createLoginJob(
  name: string,
  { login, script, environment = {}, checksum, server, admin, ca }: LoginArgs,
  context: PlatformContext,
  opts: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): k8s.batch.v1.Job {
  const { app } = workloads.postgresLogin;
  const labels = labelsOf(app, context.platform);
  const writable = scratch(["/tmp"]);
  const fromSecret = (name: string, key: string) => ({ secretKeyRef: { name, key } });
  const plain = {
    SCRIPT: script,
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGDATABASE: "postgres",
    PGUSER: admin.user,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: CA_FILE,
    ...environment,
  };
  return new k8s.batch.v1.Job(
    name,
    {
      metadata: {
        name: login,
        namespace: context.namespace,
        labels,
        // A Job that has failed stays failed, and so would every later update: the next one makes it anew.
        annotations: { ...waitsFor("Job"), "pulumi.com/replaceUnready": "true" },
      },
      spec: {
        backoffLimit: 6,
        // The provider's own time-out begins anew with each event of a pod, hence never with an image that is missing.
        activeDeadlineSeconds: JOB_DEADLINE,
        template: {
          // A new password is another template, hence another run.
          metadata: { labels, annotations: { ...context.sidecar, "platform/login": checksum } },
          spec: {
            ...podOf({ app, user: users.postgres, priority: "services" }, context),
            restartPolicy: "OnFailure",
            containers: [
              {
                name: "login",
                image: context.images.postgres,
                imagePullPolicy: "IfNotPresent",
                command: ["sh", "-c", 'printf %s "$SCRIPT" | psql --no-psqlrc --quiet --set ON_ERROR_STOP=1'],
                env: [
                  ...Object.entries(plain).map(([name, value]) => ({ name, value })),
                  { name: "PGPASSWORD", valueFrom: fromSecret(admin.secret, "password") },
                  { name: "LOGIN", valueFrom: fromSecret(login, "username") },
                  { name: "LOGIN_PASSWORD", valueFrom: fromSecret(login, "password") },
                ],
                resources: resourcesOf(
                  { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "64Mi" } },
                  { request: "8Mi", limit: "64Mi" },
                ),
                securityContext: containerSecurity(),
                volumeMounts: [...writable.mounts, { name: "ca", mountPath: CA_FOLDER, readOnly: true }],
              },
            ],
            volumes: [...writable.volumes, { name: "ca", configMap: { name: ca.configMap } }],
          },
        },
      },
    },
    { ...opts, deleteBeforeReplace: true },
  );
}
