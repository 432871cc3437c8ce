import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { workloads } from "../../model/workloads";
import type { PlatformContext } from "../kube/context";
import type { Endpoint } from "../kube/endpoint";
import { labelsOf } from "../kube/labels";
import { password } from "../kube/password";
import type { SecretRef } from "../kube/references";
import { CA_FILE } from "../kube/trust";
import type { Authority } from "./authority";
import { createLoginJob, type PostgresAdmin } from "./login";

/** Arguments of {@link Database}. */
export interface DatabaseArgs extends PlatformContext {
  /** Name of the database. */
  database: string;
  /** Service that owns the login. */
  service: string;
  server: Endpoint;
  admin: PostgresAdmin;
  /** Who signed the server's certificate. */
  authority: Authority;
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
    const { namespace, platform, database, service, server, protect } = args;
    const username = service.replaceAll("-", "_");
    const login = `postgres-${service}`;
    const child = { parent: this };

    const value = password(`${name}-password`, { ...child, protect });
    const checksum = args.checksum(value);
    const secret = createSecret();
    createLoginJob(
      name,
      { ...args, login, script: LOGIN_SCRIPT, environment: { DATABASE: database }, checksum },
      args,
      { ...child, dependsOn: [secret] },
    );
    this.url = { secret: login, key: "url", checksum };
    this.registerOutputs();

    function createSecret() {
      const { host, port } = server;
      const query = `sslmode=verify-full&sslrootcert=${CA_FILE}`;
      const url = pulumi.interpolate`postgresql://${username}:${value}@${host}:${port}/${database}?${query}`;
      const labels = labelsOf(workloads.postgresLogin.app, platform);
      return new k8s.core.v1.Secret(
        name,
        { metadata: { name: login, namespace, labels }, stringData: { username, password: value, url } },
        child,
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
