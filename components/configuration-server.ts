import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { definedOnly } from "../model/defined-only";
import type { PlatformContext } from "./kube/context";
import { labelsOf } from "./kube/labels";
import type { ConfigurationRef } from "./kube/references";

/** Arguments of {@link ConfigurationServer}. */
export interface ConfigurationServerArgs
  extends Pick<PlatformContext, "namespace" | "platform" | "checksum"> {
  /** Every plain setting by name, the environment's own values among them. */
  values: Readonly<Record<string, string | undefined>>;
}

const APP = "configuration";

/**
 * The one place for the plain configuration of all services (docs/requirements.md, O2): a ConfigMap that
 * the API server serves. Services name in the catalog which settings they read; secrets are never in it.
 */
export class ConfigurationServer extends pulumi.ComponentResource {
  /** Where each setting is, by name. */
  readonly refs: ReadonlyMap<string, ConfigurationRef>;

  constructor(name: string, args: ConfigurationServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:configuration:ConfigurationServer", name, {}, opts);
    const { namespace, platform, checksum } = args;
    const data = definedOnly(args.values);
    if (Object.keys(data).length > 0) {
      new k8s.core.v1.ConfigMap(
        name,
        { metadata: { name: APP, namespace, labels: labelsOf(APP, platform) }, data },
        { parent: this },
      );
    }
    this.refs = new Map(
      Object.entries(data).map(([key, value]) => [key, { configMap: APP, key, checksum: checksum(value) }]),
    );
    this.registerOutputs();
  }
}
