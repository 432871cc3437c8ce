import { join } from "node:path";
import { projectDir } from "../stacks/stack-file";

/** The house rules: what breaks one is told below the changes of a preview, makes it fail, and keeps `make up` from them. */
export const policyPack = join(projectDir, "policy");
