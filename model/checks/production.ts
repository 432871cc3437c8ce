import { shortName } from "../versions";
import type { Check } from "./check";

/** A tag that moves runs another program tomorrow. */
export const noLatestInProduction: Check = ({ tier, services, images }) => {
  if (tier !== "production") return [];
  const used = [
    ...Object.values(images),
    ...services.flatMap(({ image, release }) => (release ? [image, release.image] : [image])),
  ];
  return used
    .filter((image) => !image.includes("@") && (/:latest$/.test(image) || !/:[^/]+$/.test(image)))
    .map((image) => ({
      at: `platform:images, ${shortName(image)}`,
      problem: `${image} is a tag that moves`,
      remedy: "name a version or a digest; npx ops promote writes the digests that were tested",
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
