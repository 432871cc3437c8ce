import type { Properties } from "../protocol/index";
import { Client } from "./client";
import type { Config } from "./config";
import { Discovery } from "./discovery";
import { isNotFound } from "./errors";
import { type KubeObject, listAt, textAt, toManifest } from "./object";

/** The one cluster of a provider: its settings, the connection, and what is known of its kinds. */
export class Cluster {
  readonly client: Client;
  readonly discovery: Discovery;

  constructor(readonly config: Config) {
    this.client = new Client(config.kubeConfig, config.client);
    this.discovery = new Discovery(this.client);
  }

  /** Whether objects like this are in a namespace. */
  async isNamespaced(inputs: Properties): Promise<boolean> {
    try {
      const { apiVersion, kind } = toManifest({ apiVersion: inputs.apiVersion, kind: inputs.kind });
      return (await this.discovery.find(apiVersion, kind)).namespaced;
    } catch (error) {
      // Its definition may come with the same update; most custom resources are namespaced.
      if (isNotFound(error)) return true;
      throw error;
    }
  }

  /** A definition that came, changed or went makes stale what was learned about its kinds; for others nothing happens. */
  forgetKindsOf(object: KubeObject): void {
    if (object.kind !== "CustomResourceDefinition") return;
    const group = textAt(object, "spec", "group");
    for (const { name } of listAt<{ name: string }>(object, "spec", "versions")) {
      this.discovery.forget(`${group}/${name}`);
    }
  }
}
