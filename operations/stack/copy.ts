import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileOf } from "../../stacks/stack-file";
import type { Stack } from "./stack-file";

/** Calls with a copy of the stack's file: Pulumi may write its salt to the file that it is given. */
export async function withCopy<T>({ name, text }: Stack, call: (copy: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ops-"));
  try {
    const copy = join(folder, fileOf(name));
    writeFileSync(copy, text, { mode: 0o600 });
    return await call(copy);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
