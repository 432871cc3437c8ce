import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { secrets } from "../model/names";
import type { PlatformContext } from "./kube/context";
import { labelsOf } from "./kube/labels";
import { password } from "./kube/password";
import type { SecretRef } from "./kube/references";

/** A secret of the platform as the stack has it: `<platform>:<NAME>`. */
export interface ConfiguredSecret {
  value: pulumi.Output<string>;
  /** False when it stands in the stack's file as plain text. */
  encrypted: boolean;
  /** Whether there is nothing in it but white space. */
  empty: boolean;
}

/** Arguments of {@link ServiceSecrets}. */
export interface ServiceSecretsArgs extends Pick<PlatformContext, "namespace" | "platform" | "checksum"> {
  /** Names of all secrets that some service reads. */
  names: readonly string[];
  /** Those that the stack's configuration holds. */
  configured: ReadonlyMap<string, ConfiguredSecret>;
}

/**
 * The secrets of the services that the platform does not make itself, in one Secret. What the stack's
 * configuration does not hold is generated; {@link secretProblems} tells beforehand where that is not allowed.
 */
export class ServiceSecrets extends pulumi.ComponentResource {
  /** Where each one is, by name. */
  readonly refs: ReadonlyMap<string, SecretRef>;

  constructor(name: string, args: ServiceSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:security:ServiceSecrets", name, {}, opts);
    const secretName = secrets.services;
    const values = new Map(
      args.names.map((key) => [
        key,
        args.configured.get(key)?.value ?? password(`${name}-${key}`, { parent: this }),
      ]),
    );
    if (values.size > 0) {
      new k8s.core.v1.Secret(
        name,
        {
          metadata: {
            name: secretName,
            namespace: args.namespace,
            labels: labelsOf(secretName, args.platform),
          },
          stringData: Object.fromEntries(values),
        },
        { parent: this },
      );
    }
    this.refs = new Map(
      [...values].map(([key, value]) => [key, { secret: secretName, key, checksum: args.checksum(value) }]),
    );
    this.registerOutputs();
  }
}
