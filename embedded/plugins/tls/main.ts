import sdk from "@pulumi/tls/package.json" with { type: "json" };
import { logicalProvider } from "../logical";
import { serve } from "../protocol";
import { tlsTypes } from "./types";

/** The `tls` plugin for closed networks. */
serve(sdk.pulumi.name, sdk.pulumi.version, () => logicalProvider(tlsTypes));
