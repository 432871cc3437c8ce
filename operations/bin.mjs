#!/usr/bin/env node
// `npx ops` from a checkout after `npm ci`: nothing is compiled, so TypeScript has to be understood first.
import "../programs/preload.mjs";

await import("./ops.ts");
