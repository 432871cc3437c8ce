import { shortName } from "../versions";
import type { Check } from "./check";

/** What publishers call their newest image, or none of them. */
const NEWEST = /^(?:latest|stable|edge|nightly|rolling|main|master|mainline|lts|alpine)?$/;

/** The beginning of a version, such as `15-alpine` and `1.29`: the next patch has the same tag. */
const BEGINNING = /^v?\d{1,3}(?:\.\d+)?(?:-[a-z][\w.-]*)?$/;

/** Those whose versions have two parts: Postgres since 10 (its documentation, Versioning Policy). */
const TWO_PARTS = /\/postgres:\d\d\.\d+(?:-|$)/;

/** A registry's port is no tag. */
const tagOf = (image: string): string => /:([^:/]*)$/.exec(image)?.[1] ?? "";

/** A tag that moves runs another program tomorrow. How teams number their own services is theirs: 42 may be a build. */
export const noMovingTagsInProduction: Check = ({ tier, services, jobs, images }) => {
  if (tier !== "production") return [];
  const moves = (image: string) => !image.includes("@") && NEWEST.test(tagOf(image));
  const begins = (image: string) =>
    !image.includes("@") && BEGINNING.test(tagOf(image)) && !TWO_PARTS.test(image);
  const stores = Object.values(images).filter((image) => moves(image) || begins(image));
  const own = [
    ...services.flatMap(({ ownImage, image, release, containers }) => [
      ...(ownImage ? [] : release ? [image, release.image] : [image]),
      ...containers.map(({ image }) => image),
    ]),
    ...jobs.flatMap(({ ownImage, image }) => (ownImage ? [] : [image])),
  ];
  return [...stores, ...own.filter(moves)].map((image) => ({
    at: `platform:images, ${shortName(image)}`,
    problem: `${image} is a tag that moves`,
    remedy: "name a full version or a digest; npx ops promote writes the digests that were tested",
  }));
};

/** What is built elsewhere is known by its digest alone. */
export const ownImagesPinnedInProduction: Check = ({ tier, services, jobs }) => {
  if (tier !== "production") return [];
  const all = [
    ...[...services, ...jobs].map(({ name, ownImage, image }) => ({ name, ownImage, image })),
    ...services.flatMap(({ name, ownImage, release }) =>
      release ? [{ name, ownImage, image: release.image }] : [],
    ),
  ];
  return all
    .filter(({ ownImage, image }) => ownImage && !image.includes("@sha256:"))
    .map(({ name, image }) => ({
      at: `services.${name}.image`,
      problem: `${image} has no digest`,
      remedy: `write ${image}@sha256:…, or run: npx ops promote, which writes the digests that were tested`,
    }));
};

/** Faults are for finding out; users are not to pay for it. */
export const noFaultsInProduction: Check = ({ tier, mesh }) =>
  tier === "production"
    ? Object.keys(mesh.faults).map((service) => ({
        at: `platform:mesh.faults.${service}`,
        problem: "faults are not injected in production",
        remedy: "remove it, or try it in a stack whose platform:tier is development",
      }))
    : [];

/** Browsers trust no certificate of the platform's own making. */
export const publicCertificate: Check = ({ tier, host, certificate }) =>
  tier === "production" && certificate === "self-signed"
    ? [
        {
          at: "platform:certificate",
          problem: `${host} has no certificate that browsers trust`,
          remedy:
            "name a Secret of type kubernetes.io/tls: pulumi config set --path platform:certificate.secret …",
        },
      ]
    : [];
