import { createHmac } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Problem } from "../model/problems";
import type { ConfiguredSecret } from "../programs/config";
import type { PlatformContext } from "./kube/context";
import { labelsOf } from "./kube/labels";

/** Where a container finds a secret value, and a fingerprint that changes with it. */
export interface SecretRef {
  /** Name of the Secret. */
  secret: string;
  key: string;
  /** Goes into the pod template, so that pods that read the value roll when it changes, and no others. */
  checksum: pulumi.Output<string>;
}

/** Fingerprint of a value: keyed, so that a short secret cannot be guessed from the annotation. */
export type Checksum = (value: pulumi.Input<string>) => pulumi.Output<string>;

/** A {@link Checksum} whose key belongs to this stack. */
export function stackChecksum(parent: pulumi.Resource): Checksum {
  const key = new random.RandomPassword("checksum-key", { length: 32 }, { parent });
  return (value) =>
    pulumi.unsecret(
      pulumi
        .all([key.result, value])
        .apply(([key, value]) => createHmac("sha256", key).update(value).digest("hex").slice(0, 16)),
    );
}

/** A generated password that URLs and configuration files can hold as it is; kept as long as its data is. */
export function password(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return new random.RandomPassword(name, { length: 32, special: false }, opts).result;
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
 * configuration does not hold is generated; {@link secretProblems} tells beforehand where that is not wanted.
 */
export class ServiceSecrets extends pulumi.ComponentResource {
  /** Where each one is, by name. */
  readonly refs: ReadonlyMap<string, SecretRef>;

  constructor(name: string, args: ServiceSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:security:ServiceSecrets", name, {}, opts);
    const secretName = "service-secrets";
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

/** Secrets that are neither set nor generated, and secrets that stand in the stack's file as plain text. */
export function secretProblems(
  platform: string,
  names: readonly string[],
  configured: ReadonlyMap<string, ConfiguredSecret>,
  generate: boolean,
): Problem[] {
  return names.flatMap((name): Problem[] => {
    const at = `${platform}:${name}`;
    const remedy = `run: pulumi config set --secret ${at}`;
    const secret = configured.get(name);
    if (!secret) return generate ? [] : [{ at, problem: "is not set", remedy }];
    return secret.encrypted ? [] : [{ at, problem: "is plain text in the stack's file", remedy }];
  });
}
