import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** A generated password that URLs and configuration files can hold as it is; kept as long as its data is. */
export function password(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return new random.RandomPassword(name, { length: 32, special: false }, opts).result;
}
