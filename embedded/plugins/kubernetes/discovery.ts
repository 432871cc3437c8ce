import type { Client } from "./client";
import { ApiError, NoKindError } from "./errors";

/** A kind as the API server serves it. */
export interface Kind {
  apiVersion: string;
  kind: string;
  /** Name in paths, such as `deployments`. */
  plural: string;
  namespaced: boolean;
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[];
}

/** Knows which kinds there are. One request for each API version in use, remembered for the plugin's life. */
export class Discovery {
  private readonly versions = new Map<string, Promise<ResourceList>>();

  constructor(private readonly client: Client) {}

  /** @throws {NoKindError} when the cluster does not have it */
  async find(apiVersion: string, kind: string): Promise<Kind> {
    const { resources } = await this.version(apiVersion);
    // A name with a slash is a subresource, such as deployments/scale.
    const found = resources.find((resource) => resource.kind === kind && !resource.name.includes("/"));
    if (!found) {
      this.versions.delete(apiVersion);
      throw new NoKindError(apiVersion, kind);
    }
    return { apiVersion, kind, plural: found.name, namespaced: found.namespaced };
  }

  private version(apiVersion: string): Promise<ResourceList> {
    let version = this.versions.get(apiVersion);
    if (!version) {
      version = this.client.request<ResourceList>("GET", versionPath(apiVersion)).catch((error: unknown) => {
        // Not remembered: a CustomResourceDefinition that is created meanwhile may bring it.
        this.versions.delete(apiVersion);
        if (error instanceof ApiError && error.code === 404) return { resources: [] };
        throw error;
      });
      this.versions.set(apiVersion, version);
    }
    return version;
  }

  /** Forgets what is known of an API version, after a definition of one of its kinds has changed. */
  forget(apiVersion: string): void {
    this.versions.delete(apiVersion);
  }
}

/** The path of an object, or of the whole collection without a name. */
export function pathOf(kind: Kind, namespace: string | undefined, name?: string): string {
  const parts = [versionPath(kind.apiVersion)];
  if (kind.namespaced && namespace) parts.push("namespaces", encodeURIComponent(namespace));
  parts.push(kind.plural);
  if (name) parts.push(encodeURIComponent(name));
  return parts.join("/");
}

function versionPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
