import { containerdSocket } from "../layout";
import { end, processes } from "../processes";

/** Until a shim whose container has ended leaves by itself, told so by containerd. */
const SHIM_LEAVES = 1000;

/**
 * Ends every container of the cluster, then what watched over it. They are found by whom they descend from, so
 * that it works without containerd too. To be called when kubelet, which would start them again, is gone.
 * @param grace milliseconds for containers to write down what they hold
 */
export async function endContainers(grace: number): Promise<void> {
  const all = processes();
  const shims = all.filter(
    ({ command }) => command[0]?.endsWith("containerd-shim-runc-v2") && command.includes(containerdSocket),
  );
  // With the first process of a container the kernel ends all others of it.
  const first = all.filter(({ parent }) => shims.some(({ pid }) => pid === parent));
  await end(first, grace);
  await end(shims, SHIM_LEAVES);
}
