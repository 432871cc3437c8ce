import { statSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../model/user-error";
import { formatSeconds } from "../operations/format-seconds";
import { chooseDriver, clusterRunning } from "./cluster";
import type { Report } from "./command";
import { withLock } from "./lock";
import { runPhases } from "./phases";

/** A full name with a tag, as a pod's is completed to: with a host, and `library/` where Docker Hub's has no owner. */
const IMAGE = /^(?!docker\.io\/[^/]+$)(localhost|[\w-]*[.:][\w.:-]+)\/[a-z\d][a-z\d._/-]*:\w[\w.-]{0,127}$/;

/** Where the image comes from. @default the reference service, as it is in this checkout */
export interface ImageOptions {
  /** A file that `docker save` or its like wrote. */
  archive?: string;
  /** A Dockerfile, in the folder that it copies from. */
  dockerfile?: string;
}

/**
 * Makes an image available to the embedded cluster: what pushing it to a registry is elsewhere.
 * @throws {UserError} when the name is none, its source is not there, or the cluster does not run
 */
export async function image(name: string, { archive, dockerfile }: ImageOptions = {}): Promise<void> {
  const problems = imageProblems(name, { archive, dockerfile });
  if (!(await clusterRunning())) problems.push("the embedded cluster is not running; start it: make up");
  if (problems.length > 0) throw new UserError("nothing was changed:", problems.join("\n  "));
  await withLock("make image", async () => {
    const driver = await chooseDriver();
    const run = (report: Report) => {
      if (archive) return driver.importImage({ archive: resolve(archive) }, name, report);
      if (dockerfile) return driver.importImage({ dockerfile: resolve(dockerfile) }, name, report);
      return driver.ensureImages({ stores: {}, services: [name] }, report);
    };
    const [done] = await runPhases([{ title: "Image", run }]);
    console.log(`${name}: ${done?.outcome}, after ${formatSeconds(done?.seconds ?? 0)}`);
  });
}

/** All that is wrong with what was asked for, with the remedy of each. */
export function imageProblems(name: string, { archive, dockerfile }: ImageOptions): string[] {
  const problems: string[] = [];
  if (!IMAGE.test(name)) {
    problems.push(
      `IMAGE="${name}" is no full name with a tag; write one such as docker.io/malai/auth-service:2.0.0`,
    );
  }
  if (archive && dockerfile) problems.push("ARCHIVE and DOCKERFILE are both given; give one of them");
  for (const [variable, file] of Object.entries({ ARCHIVE: archive, DOCKERFILE: dockerfile })) {
    if (file && !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      problems.push(`${variable}=${file} is no file; name one, from this folder on: ${process.cwd()}`);
    }
  }
  return problems;
}
