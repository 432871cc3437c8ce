import sdk from "@pulumi/random/package.json" with { type: "json" };
import { serve } from "../provider";
import { randomResources } from "./resources";

/** The `random` plugin for closed networks. */
serve(sdk.version, randomResources);
