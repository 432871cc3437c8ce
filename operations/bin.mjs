#!/usr/bin/env node
// `npx ops` from a checkout after `npm ci`: nothing is compiled, so TypeScript has to be understood first.
import { register } from "tsx/esm/api";

register();
await import("./ops.ts");
