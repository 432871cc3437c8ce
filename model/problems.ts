/** Something that must be mended before anything is created. */
export interface Problem {
  /** Where: a path into the catalog or the stack's settings, such as `services.auth-service.port`. */
  at: string;
  /** What is wrong, with the value and the limit. */
  problem: string;
  /** What to do about it: a phrase, or a command. */
  remedy: string;
}

/** Bad input: everything that is wrong with it at once. Thrown before the first resource exists. */
export class InvalidPlatform extends Error {
  constructor(
    readonly stackName: string,
    readonly problems: readonly Problem[],
  ) {
    super(formatProblems(stackName, problems));
    this.name = "InvalidPlatform";
  }
}

/** One line a problem, the places aligned. */
export function formatProblems(stack: string, problems: readonly Problem[]): string {
  const width = Math.max(...problems.map(({ at }) => at.length));
  const lines = problems.map(({ at, problem, remedy }) => `  ${at.padEnd(width)}  ${problem}; ${remedy}`);
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${count} in stack ${stack}, nothing was changed:`, ...lines].join("\n");
}
