import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { LoginPlan } from "../../model/logins";
import { workloads } from "../../model/workloads";
import type { PlatformContext } from "../kube/context";
import type { Endpoint } from "../kube/endpoint";
import { labelsOf } from "../kube/labels";
import { password } from "../kube/password";
import type { SecretRef } from "../kube/references";
import { CA_FILE } from "../kube/trust";
import type { Ca } from "./ca";
import { createLoginJob, type PostgresAdmin } from "./login";
import { loginScript } from "./login-script";

/** Arguments of {@link Database}. */
export interface DatabaseArgs extends PlatformContext {
  login: LoginPlan;
  server: Endpoint;
  admin: PostgresAdmin;
  /** Who signed the server's certificate. */
  ca: Ca;
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
    const { namespace, platform, server, protect } = args;
    const { database, username, name: login, extensions } = args.login;
    const child = { parent: this };

    const value = password(`${name}-password`, { ...child, protect });
    const checksum = args.checksum(value);
    const secret = createSecret();
    createLoginJob(
      name,
      {
        ...args,
        login,
        script: loginScript(args.login),
        environment: { DATABASE: database, ...(extensions.length > 0 && { EXTENSIONS: extensions.join() }) },
        checksum,
      },
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
