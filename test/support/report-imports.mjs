// For `node --import`: says on standard error which files of packages a program imports, one a line.
import { writeSync } from "node:fs";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

// Hooks have a thread of their own.
if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  const [, file] = /\/node_modules\/(.+)$/.exec(resolved.url) ?? [];
  if (file) writeSync(2, `imports ${file}\n`);
  return resolved;
}
