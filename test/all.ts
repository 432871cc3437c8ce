import { removeSalt } from "../embedded/stack";
import { readStackFile } from "../stacks/stack-file";
import { Parts } from "./support/parts";

/** `make test`. */
const parts = new Parts();
/** Both platforms in both environments. */
const STACKS = ["dev", "dealcycle-dev", "prod", "dealcycle-prod"];

await parts.check("Format and lint", "biome", "check", "--error-on-warnings", ".");
await parts.check("Types", "tsc", "--noEmit");
// First what the others need: the plugins' tests take Pulumi and the API server from the toolchain it makes.
const [first = "", ...others] = STACKS;
let isUp = await parts.bringUp(first);
await Promise.all([
  parts.suite("Unit tests", ".mocharc.yaml", { isQuiet: true }),
  // Without a stack there is nothing to ask. Most of its time it is only watched for alerts.
  isUp && parts.suite("Foreign services", "test/e2e/shop/.mocharc.yaml"),
]);
// Before the others are there: two cores are few for a load and three platforms more.
if (isUp) await parts.suite("The mesh and releases", "test/e2e/mesh/.mocharc.yaml");
for (const stack of others) isUp = (await parts.bringUp(stack)) && isUp;
if (isUp) await parts.suite("A small stack, killed and changed", "test/e2e/small/.mocharc.yaml");
if (isUp) {
  await parts.suite("End-to-end tests", "test/e2e/.mocharc.yaml");
  // They run Pulumi as a user does.
  for (const stack of ["istio", ...STACKS]) removeSalt(readStackFile(stack));
}
process.exit(parts.end());
