import { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../errors";
import type { Stack } from "./stack-file";

/**
 * The user's own kubeconfig, at the context that the stack's file names, whatever the current one is.
 * @throws {UserError} when there is no such context
 */
export function clusterOf({ name, plan: { context } }: Pick<Stack, "name" | "plan">): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    throw new UserError(
      `your kubeconfig cannot be read: ${(error as Error).message}`,
      "mend it, or set KUBECONFIG",
    );
  }
  if (!config.getContextObject(context)) {
    const known = config.getContexts().map((one) => one.name);
    throw new UserError(
      `stack ${name} is on the cluster "${context}", which your kubeconfig does not have`,
      `it has: ${known.join(", ") || "none"}. Set KUBECONFIG; for the embedded cluster: eval "$(make -s env)"`,
    );
  }
  config.setCurrentContext(context);
  return config;
}
