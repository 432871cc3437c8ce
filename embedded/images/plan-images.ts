import { unnamedImages } from "../../model/image-references";
import type { Plan } from "../../model/plan";
import { images } from "../../model/versions";
import { meshImages } from "./mesh";

/** No registry that the stand-ins are made from has Grafana: the stacks of the embedded cluster leave it out. */
const { grafana: _, ...available } = images;

/** The images of a platform, by their full names with a tag, such as `docker.io/library/redis:7.4.5-alpine`. */
export interface PlanImages {
  stores: Partial<Record<keyof typeof available, string>>;
  /** The images that the catalog does not name, what is being released included: all are the reference service. */
  services: string[];
  /** Istio's own, where there is a mesh. */
  mesh?: typeof meshImages;
}

/** Every image that a plan runs. A digest that it pins them to is left out: what is made here has another one. */
export function planImagesOf(plan: Pick<Plan, "services" | "jobs" | "mesh">): PlanImages {
  return {
    stores: available,
    services: [...new Set(unnamedImages(plan).map((name) => name.replace(/@.*$/, "")))],
    ...(plan.mesh.enabled && { mesh: meshImages }),
  };
}

/** What Istio runs by itself. */
export const istioImages: PlanImages = { stores: {}, services: [], mesh: meshImages };

/** The names of those that a plan may pin to a digest. */
export const namesOf = ({ stores, services }: PlanImages): string[] => [
  ...Object.values(stores),
  ...services,
];
