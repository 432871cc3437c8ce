import { UserError } from "../model/user-error";
import { formatSeconds } from "../operations/format-seconds";
import { chooseDriver, clusterRunning } from "./cluster";
import type { Report } from "./command";
import { withLock } from "./lock";
import { runPhases } from "./phases";

/** A name with a registry and a tag. */
const IMAGE = /^[\w.-]+(:\d+)?\/[\w./-]+:[\w][\w.-]{0,127}$/;

/**
 * Makes an image of the reference service, as it is in this checkout, available to the embedded cluster: what pushing it
 * to a registry is elsewhere.
 * @throws {UserError} when the name is none, or the cluster does not run
 */
export async function image(name: string): Promise<void> {
  if (!IMAGE.test(name)) {
    throw new UserError(
      `"${name}" is no image with a tag`,
      "run: make image IMAGE=docker.io/malai/auth-service:2.0.0",
    );
  }
  if (!(await clusterRunning()))
    throw new UserError("the embedded cluster is not running", "start it: make up");
  await withLock("make image", async () => {
    const { ensureImages } = await chooseDriver();
    const run = (report: Report) => ensureImages({ stores: {}, services: [name] }, report);
    const [done] = await runPhases([{ title: "Image", run }]);
    console.log(`${name} is there after ${formatSeconds(done?.seconds ?? 0)}`);
  });
}
