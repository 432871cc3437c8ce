import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** Fingerprint of a value: keyed, so that a short secret cannot be guessed from the annotation. */
export type Checksum = (value: pulumi.Input<string>) => pulumi.Output<string>;

/** A {@link Checksum} whose key belongs to this stack. */
export function stackChecksum(parent: pulumi.Resource): Checksum {
  const key = new random.RandomPassword("checksum-key", { length: 32 }, { parent });
  return (value) =>
    pulumi.unsecret(
      pulumi
        .all([key.result, value])
        .apply(([key, value]) => createHmac("sha256", key).update(value).digest("hex").slice(0, 16)),
    );
}
