import type { Stack } from "../stack/stack-file";
import type { Checkout } from "./commit";
import { type Digests, differing, imagesOf, keysOf, type Running } from "./images";
import type { VerifiedRecord } from "./record";

/** One image on its way. */
export interface PromotedImage {
  name: string;
  /** What the target has now. @default it runs whatever its tag means */
  before?: string;
  after: string;
}

/** What would be written into the target's file. */
export interface Promotion {
  from: string;
  to: string;
  commit: string;
  /** When the source was verified. */
  verified: string;
  images: PromotedImage[];
}

/** Everything that decides about a promotion. */
export interface Situation {
  from: Stack;
  to: Stack;
  checkout: Checkout;
  /** Nothing when the source was never verified. */
  record: VerifiedRecord | undefined;
  running: Running;
}

/** Why a promotion must not be; one line each, with what to do. Pure. */
export function objections({ from, to, checkout, record, running }: Situation): string[] {
  const again = `run: npx ops verify --stack ${from.name}`;
  if (from.catalog !== to.catalog) {
    return [
      `${from.name} runs the catalog ${from.catalog}, ${to.name} runs ${to.catalog}: they share no images`,
    ];
  }
  if (!record || record.stack !== from.name) return [`${from.name} is not verified; ${again}`];
  const stale = differing(record.images, running.digests);
  return [
    ...checkout.changed.map(
      (path) => `${path} is not committed: what was verified does not hold it; commit or undo it`,
    ),
    ...(record.commit === checkout.commit
      ? []
      : [
          `${from.name} was verified at commit ${short(record.commit)}, this is ${short(checkout.commit)}; ` +
            `check out ${short(record.commit)}, or bring this one up in ${from.name} and ${again}`,
        ]),
    ...stale.map(
      (name) =>
        `${name} has changed in ${from.name} since it was verified: ${short(record.images[name])} then, ` +
        `${short(running.digests[name])} now; ${again}`,
    ),
    ...running.problems,
    ...unverified(to, record.images).map(
      (name) => `${name} runs in ${to.name} and not in ${from.name}: its image is not verified`,
    ),
  ];
}

/** Services of the target without a digest in the record. Other images may differ between the environments' sizes. */
function unverified(to: Stack, digests: Digests): string[] {
  return to.plan.services.flatMap(({ name }) => (name in digests ? [] : [name]));
}

/** Pure; only of a situation without objections. */
export function promotionOf({
  from,
  to,
  checkout,
  record,
}: Situation & { record: VerifiedRecord }): Promotion {
  const used = new Set(imagesOf(to.plan).flatMap((image) => keysOf(image, to.plan)));
  return {
    from: from.name,
    to: to.name,
    commit: checkout.commit,
    verified: record.time,
    images: Object.entries(record.images)
      .filter(([name]) => used.has(name))
      .map(([name, after]) => ({ name, before: to.digests[name], after })),
  };
}

/** `sha256:` and twelve digits, or the first twelve digits of a commit: enough for people. */
export function short(id: string | undefined): string {
  if (!id) return "nothing";
  return id.startsWith("sha256:") ? id.slice(0, 19) : id.slice(0, 12);
}
