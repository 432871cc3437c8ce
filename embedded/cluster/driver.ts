import type { Replacement } from "../../stacks/replacements";
import type { Report } from "../command";
import type { ImageSource } from "../images/own";
import type { PlanImages } from "../images/plan-images";
import type { Tool, Toolchain } from "../toolchain/tool";
import type { Extras } from "./extras";

/** How the cluster is made: of this machine itself, or by kind in a Docker container. */
export type DriverName = "node" | "kind";

/** What a cluster has beyond what every one has, as far as it takes tools of its own. */
export interface Beyond {
  simulatedNodes: boolean;
  mesh: boolean;
}

/** All that differs between a cluster of this machine and one of kind's. */
export interface Driver {
  readonly name: DriverName;
  /** Whether there can be nodes that only the API server has. */
  readonly simulatesNodes: boolean;

  /** @throws {UserError} that names all at once that keeps this machine from having the cluster */
  preflight(extras: Extras): Promise<void>;
  /** Installs what the cluster needs of the machine's distribution. */
  installPackages(report: Report): Promise<void>;
  /** What the cluster is made of, besides what runs a Pulumi program. */
  tools(beyond: Beyond): readonly Tool[];

  /** Fetches what images are made of and nothing has to be compiled for, while the tools are. */
  fetchLayers(images: PlanImages, report: Report): Promise<void>;
  /** Brings up the container runtime alone, so that images can be imported while the rest starts. */
  startRuntime(report: Report): Promise<void>;
  /** Brings the cluster up, or up again: starts what does not run, leaves the rest alone. Ends with a ready node. */
  start(tools: Toolchain, extras: Extras, report: Report): Promise<void>;
  /** Makes images available to the container runtime, which must run or be about to. */
  ensureImages(images: PlanImages, report: Report): Promise<void>;
  /** Makes a team's own image available under the name, in the place of what is there. */
  importImage(source: ImageSource, ref: string, report: Report): Promise<void>;
  /** What the stack of Istio has on this cluster instead of its own settings. */
  istioReplacements(values: Readonly<Record<string, unknown>>, report?: Report): Promise<Replacement[]>;

  /**
   * Whether the cluster's processes run.
   * @throws {UserError} when those of another cache directory's cluster are on this machine
   */
  isRunning(): Promise<boolean>;
  /** Leaves no process, mount, device, rule or file outside the cache behind; the cluster's data stays. */
  stop(report: Report): Promise<void>;
  /** Deletes what a stopped cluster keeps outside its folder. */
  remove(report: Report): Promise<void>;
}
