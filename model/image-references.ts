import type { Plan } from "./plan";

/** What an environment has of an image otherwise than the catalog. */
interface Pinned {
  tag?: string;
  /** `sha256:…` */
  digest?: string;
}

/**
 * An image with another tag or digest. A digest belongs to one tag: another tag leaves the written one behind. Pure.
 * @param written any reference, such as `ghcr.io/shop/web:2.1.0@sha256:…`
 */
export function imageOf(written: string, { tag, digest }: Pinned): string {
  const [, name = "", ownTag = "", ownDigest = ""] =
    /^(.*?)(:\w[\w.-]*)?(@sha256:[0-9a-f]{64})?$/.exec(written) ?? [];
  if (!name) return written;
  const isOther = tag !== undefined && `:${tag}` !== ownTag;
  return `${name}${isOther ? `:${tag}` : ownTag}${digest ? `@${digest}` : isOther ? "" : ownDigest}`;
}

/** The images of services and jobs whose entry names none, what is being released included. Pure. */
export const unnamedImages = ({ services, jobs }: Pick<Plan, "services" | "jobs">): string[] => [
  ...services
    .filter(({ ownImage }) => !ownImage)
    .flatMap(({ image, release }) => (release ? [image, release.image] : [image])),
  ...jobs.filter(({ ownImage }) => !ownImage).map(({ image }) => image),
];
