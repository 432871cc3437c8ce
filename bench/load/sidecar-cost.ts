import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { startEcho } from "./echo";
import { Load, type Tally } from "./load";

/** Requests a second on each of the two ways, and for how many seconds. */
const RATE = 100;
const DURATION = 20;
/** Seconds at the beginning that do not count: connections are made, and code gets warm. */
const WARM_UP = 5;

/** The same requests to the same service at the same time, with a sidecar on either side and without any. */
export interface SidecarCost {
  with: Tally;
  without: Tally;
}

/**
 * Measures both in one run, so that both have the same machine.
 * @param image the reference service's
 * @param env the environment that `kubectl` needs
 */
export async function measureSidecarCost(
  image: string,
  env: Record<string, string | undefined>,
): Promise<SidecarCost> {
  const ways = { with: "platform-cost-mesh", without: "platform-cost-plain" };
  try {
    const [inMesh, plain] = await Promise.all(
      Object.values(ways).map(async (namespace) => {
        const url = await startEcho({ namespace, image, mesh: namespace === ways.with }, env);
        const orders = { url, headers: {}, rate: RATE, connections: 10, duration: DURATION + 30 };
        return Load.start({ namespace, name: "load", image, env, orders });
      }),
    );
    if (!(await inMesh?.hasSidecar()) || (await plain?.hasSidecar())) {
      throw new Error("the sidecars are not where they should be");
    }
    const from = Date.now() + WARM_UP * 1000;
    await sleep((WARM_UP + DURATION) * 1000);
    await Promise.all([inMesh?.stop(), plain?.stop()]);
    const tally = (load?: Load) => (load as Load).between(from, from + DURATION * 1000);
    return { with: tally(inMesh), without: tally(plain) };
  } finally {
    await execa("kubectl", ["delete", "namespace", "--wait=false", ...Object.values(ways)], {
      env,
      reject: false,
    });
  }
}
