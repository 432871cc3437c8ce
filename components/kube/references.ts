import type * as pulumi from "@pulumi/pulumi";

/** Where a container finds a secret value, and a fingerprint that changes with it. */
export interface SecretRef {
  /** Name of the Secret. */
  secret: string;
  key: string;
  /** Goes into the pod template, so that pods that read the value roll when it changes, and no others. */
  checksum: pulumi.Output<string>;
}

/** Where a container finds a plain setting, and a fingerprint that changes with it. */
export interface ConfigurationRef {
  /** Name of the ConfigMap. */
  configMap: string;
  key: string;
  /** Goes into the pod template, so that pods that read the setting roll when it changes, and no others. */
  checksum: pulumi.Input<string>;
}
