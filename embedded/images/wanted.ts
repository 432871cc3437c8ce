import type { Plan } from "../../components/plan";
import { images } from "../../components/versions";

/** No registry that the stand-ins are made from has Grafana: the stacks of the embedded cluster leave it out. */
const { grafana: _, ...available } = images;

/** The images of a platform, by their full names with a tag, such as `docker.io/library/redis:7-alpine`. */
export interface WantedImages {
  stores: Record<keyof typeof available, string>;
  /** The names of the catalog's services, their canaries included: all are the reference service. */
  services: string[];
}

/** Every image that a plan runs. A digest that it pins them to is left out: what is made here has another one. */
export function wantedImages({ services }: Pick<Plan, "services">): WantedImages {
  const names = services.flatMap(({ image, canary }) => (canary ? [image, canary.image] : [image]));
  return { stores: available, services: [...new Set(names.map((name) => name.replace(/@.*$/, "")))] };
}

/** The names of all of them. */
export const namesOf = ({ stores, services }: WantedImages): string[] => [
  ...Object.values(stores),
  ...services,
];
