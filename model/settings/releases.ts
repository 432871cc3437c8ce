import { z } from "zod";
import { bound, digest, dnsLabel, imageTag, percent } from "./field-types";

/** Made on purpose, to see how callers cope (docs/requirements.md, D5). */
export const fault = z.strictObject({
  abort: z
    .strictObject({
      percent: percent.describe("Per cent of the requests."),
      status: z
        .int()
        .min(400)
        .max(599)
        .meta({ description: "What they are answered with.", examples: [503] }),
    })
    .optional()
    .describe("Share of the requests that are answered with this status."),
  delay: z
    .strictObject({
      percent: percent.describe("Per cent of the requests."),
      seconds: z
        .number()
        .positive()
        .meta({ description: "How long they wait.", examples: [1.5] }),
    })
    .optional()
    .describe("Share of the requests that wait."),
});

/**
 * A version beside the one that is in use (docs/requirements.md, O10). `npx ops release` writes it, changes its
 * weight, and takes it away in the end.
 */
export const release = z.strictObject({
  strategy: z
    .enum(["canary", "blue-green"])
    .default("canary")
    .describe("Whether it gets its share by steps, or everything at once."),
  version: dnsLabel.default("v2").meta({ description: "Value of its `version` label.", examples: ["v3"] }),
  tag: imageTag.optional().meta({ description: "Tag of its image.", absent: "the one of all services" }),
  digest: digest.optional().meta({ description: "Digest of its image.", absent: "the tag alone names it" }),
  weight: z
    .int()
    .min(0)
    .max(100)
    .default(10)
    .describe("Per cent of the requests that it gets; those with the header `canary: true` all go to it."),
  steps: z
    .array(percent.int().min(1))
    .optional()
    .meta({
      description:
        "Weights that it will have, one after the other: by them clients of a service with sessions are kept where they are.",
      examples: [[10, 50, 100]],
    }),
  replicas: bound.optional().meta({
    description:
      "The least number of replicas of both versions while the release lasts: as many as served when it began, so that each can take everything in the next moment.",
    absent: "that of the service",
  }),
  schema: z
    .enum(["compatible", "incompatible"])
    .default("compatible")
    .describe("Whether the version in use can work with the database as this one leaves it."),
});

/** How releases go: what `npx ops release` does unless it is told otherwise. */
export const releases = z
  .strictObject({
    steps: z
      .array(percent.min(1))
      .min(1)
      .default([10, 25, 50, 100])
      .describe("Weights of a canary, one after the other."),
    hold: z.int().min(5).default(60).describe("Seconds that each step is watched."),
    readyWithin: z
      .int()
      .min(5)
      .default(180)
      .describe("Seconds within which every pod of the new version has to be ready."),
    grace: z.int().min(0).default(60).describe("Seconds that blue stays after the switch, beyond `hold`."),
    samples: z
      .int()
      .min(1)
      .default(50)
      .describe("Requests of the new version that it takes to judge a step; fewer are a failure."),
    successDrop: percent
      .default(1)
      .describe("Points of the success rate, in per cent, that the new version may be below the old one."),
    p95Ratio: z
      .number()
      .min(1)
      .default(1.5)
      .describe(
        "The new version's p95 of a whole step may be this many times the old one's, and `p95Allowance` seconds more. Three times that ends the step at once.",
      ),
    p95Allowance: z
      .number()
      .min(0)
      .default(0.05)
      .describe("Seconds that the new version's p95 may be more than that."),
  })
  .prefault({});
