import { checks } from "./checks";
import { runAll } from "./harness";
import { preview } from "./preview";
import { sidecar } from "./sidecar";

/** `make bench`: one run, one table. `QUICK=1` takes less than ten minutes. */
process.exit(await runAll([...checks, preview, sidecar], process.env.QUICK === "1"));
