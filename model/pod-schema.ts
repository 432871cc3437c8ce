import { z } from "zod";
import { containerResources, imageReference, program } from "./container-schema";
import type { ExtraContainer, PodEntry, Volume } from "./pods";
import type { SchemaOf } from "./schema-of";
import { dnsLabel } from "./settings/field-types";

/** Absolute, of names that a key of a ConfigMap can have. */
const mountPath = z
  .string()
  .regex(
    /^(\/\.?[\w-]+(\.[\w-]+)*)+$/,
    "is not an absolute path such as /var/lib/app, of letters, digits, -, _ and single dots",
  );

const size = z
  .string()
  .regex(/^(?!0+(\.0+)?\D*$)\d+(\.\d+)?(k|M|G|T|Ki|Mi|Gi|Ti)?$/, "is not a size such as 500Mi or 10Gi");

/** What entries of every kind say of their pods. */
export const pod = {
  volumes: z
    .record(
      mountPath,
      z.strictObject({ kind: z.enum(["scratch", "persistent"]), size } satisfies SchemaOf<Volume>),
    )
    .optional(),
  files: z.record(mountPath, z.string()).optional(),
  serviceAccountAnnotations: z.record(z.string(), z.string()).optional(),
  cloudMetadata: z.boolean().optional(),
} satisfies SchemaOf<PodEntry>;

/** Containers beside a service's own, by name. */
export const extraContainers = z.record(
  dnsLabel,
  z.strictObject({
    image: imageReference,
    command: program.optional(),
    args: z.array(z.string()).optional(),
    environment: z.record(z.string(), z.string()).optional(),
    resources: containerResources.optional(),
  } satisfies SchemaOf<ExtraContainer>),
);
