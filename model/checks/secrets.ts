import type { Problem } from "../problems";

/** Secrets that are neither set nor generated, that are empty, or that stand in the stack's file as plain text. */
export function secretProblems(
  platform: string,
  names: readonly string[],
  configured: ReadonlyMap<string, { encrypted: boolean; empty: boolean }>,
  generate: boolean,
): Problem[] {
  return names.flatMap((name): Problem[] => {
    const at = `${platform}:${name}`;
    const remedy = `run: pulumi config set --secret ${at}`;
    const secret = configured.get(name);
    if (!secret) return generate ? [] : [{ at, problem: "is not set", remedy }];
    if (secret.empty) return [{ at, problem: "is empty", remedy }];
    return secret.encrypted ? [] : [{ at, problem: "is plain text in the stack's file", remedy }];
  });
}
