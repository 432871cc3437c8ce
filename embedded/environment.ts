import { delimiter } from "node:path";
import { kubeconfig, passphraseFile, pulumiHome, stateDir } from "./paths";
import type { Toolchain } from "./toolchain";

/**
 * What `pulumi` and `kubectl` need to work on the embedded cluster, and only on it. `undefined` is a variable
 * that must not be set.
 */
export function stackEnvironment(tools: Toolchain): Record<string, string | undefined> {
  return {
    PATH: [tools.binDir, process.env.PATH].join(delimiter),
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: `file://${stateDir}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    // Would win over the file.
    PULUMI_CONFIG_PASSPHRASE: undefined,
    // The salt that belongs to the passphrase is in the state: no machine's salt is in the checkout.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    KUBECONFIG: kubeconfig,
  };
}

/** The same for `eval "$(make -s env)"` in any POSIX shell. */
export function shellExports(tools: Toolchain): string {
  const { PATH: _, ...rest } = stackEnvironment(tools);
  const lines = Object.entries(rest).flatMap(([name, value]) => {
    if (value !== undefined) return [`export ${name}=${quoted(value)}`];
    return process.env[name] === undefined ? [] : [`unset ${name}`];
  });
  return [`export PATH=${quoted(tools.binDir)}:"$PATH"`, ...lines].join("\n");
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
