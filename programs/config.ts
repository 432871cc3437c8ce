import * as pulumi from "@pulumi/pulumi";
import type { ConfiguredSecret } from "../components/service-secrets";
import { platformValues } from "../model/settings/platform-values";

/** The only reader of the stack's configuration: the `platform:` settings as plain values, not yet checked. */
export const readValues = (): Record<string, unknown> => platformValues(pulumi.runtime.allConfig());

/** The secrets of a platform that are set in this stack, by name. */
export function readSecrets(platform: string, names: readonly string[]): Map<string, ConfiguredSecret> {
  const config = new pulumi.Config(platform);
  // The engine's own list of what was encrypted in the stack's file; the SDK does not expose it.
  const encrypted: string[] = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
  const found = new Map<string, ConfiguredSecret>();
  for (const name of names) {
    const value = config.getSecret(name);
    if (!value) continue;
    const key = `${platform}:${name}`;
    const empty = pulumi.runtime.getConfig(key)?.trim() === "";
    found.set(name, { value, empty, encrypted: encrypted.includes(key) });
  }
  return found;
}
