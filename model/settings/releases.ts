import { z } from "zod";
import { bound, digest, dnsLabel, imageTag, percent } from "./field-types";

/** Made on purpose, to see how callers cope (docs/requirements.md, D5). */
export const fault = z.strictObject({
  /** Share of the requests that are answered with this status. */
  abort: z.strictObject({ percent, status: z.int().min(400).max(599) }).optional(),
  /** Share of the requests that wait. */
  delay: z.strictObject({ percent, seconds: z.number().positive() }).optional(),
});

/**
 * A version beside the one that is in use (docs/requirements.md, O10). `npx ops release` writes it, changes its
 * weight, and takes it away in the end.
 */
export const release = z.strictObject({
  /** Whether it gets its share by steps, or everything at once. */
  strategy: z.enum(["canary", "blue-green"]).default("canary"),
  /** Value of its `version` label. */
  version: dnsLabel.default("v2"),
  tag: imageTag.optional(),
  digest: digest.optional(),
  /** Per cent of the requests that it gets; those with the header `canary: true` all go to it. */
  weight: z.int().min(0).max(100).default(10),
  /** Weights that it will have, one after the other: by them clients of a service with sessions are kept where they are. */
  steps: z.array(percent.int().min(1)).optional(),
  /**
   * The least number of replicas of both versions while the release lasts: as many as served when it began, so that each
   * can take everything in the next moment. @default that of the service
   */
  replicas: bound.optional(),
  /** Whether the version in use can work with the database as this one leaves it. */
  schema: z.enum(["compatible", "incompatible"]).default("compatible"),
});

/** How releases go: what `npx ops release` does unless it is told otherwise. */
export const releases = z
  .strictObject({
    /** Weights of a canary, one after the other. */
    steps: z.array(percent.min(1)).min(1).default([10, 25, 50, 100]),
    /** Seconds that each step is watched. */
    hold: z.int().min(5).default(60),
    /** Seconds within which every pod of the new version has to be ready. */
    readyWithin: z.int().min(5).default(180),
    /** Seconds that blue stays after the switch, beyond `hold`. */
    grace: z.int().min(0).default(60),
    /** Requests of the new version that it takes to judge a step; fewer are a failure. */
    samples: z.int().min(1).default(50),
    /** Points of the success rate, in per cent, that the new version may be below the old one. */
    successDrop: percent.default(1),
    /**
     * The new version's p95 of a whole step may be this many times the old one's, and `p95Allowance` seconds more. Three
     * times that ends the step at once.
     */
    p95Ratio: z.number().min(1).default(1.5),
    p95Allowance: z.number().min(0).default(0.05),
  })
  .prefault({});
