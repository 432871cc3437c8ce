import sdk from "@pulumi/tls/package.json" with { type: "json" };
import { serve } from "../provider";
import { tlsResources } from "./resources";

/** The `tls` plugin for closed networks. */
serve(sdk.version, tlsResources);
