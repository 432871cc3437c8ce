import sdk from "@pulumi/random/package.json" with { type: "json" };
import { logicalProvider } from "../logical";
import { serve } from "../protocol";
import { randomTypes } from "./types";

/** The `random` plugin for closed networks. */
serve(sdk.pulumi.name, sdk.pulumi.version, () => logicalProvider(randomTypes));
