/** Something the person at the keyboard can mend; told without a stack trace, exit code 2. */
export class UserError extends Error {
  constructor(problem: string, remedy: string) {
    super(`${problem}\n  ${remedy}`);
    this.name = "UserError";
  }
}

/** What was asked for must not be done as things are; nothing was changed. Exit code 3. */
export class Refusal extends Error {
  /** @param reasons one line each, with what to do about it */
  constructor(
    what: string,
    readonly reasons: readonly string[],
  ) {
    super([what, ...reasons.map((reason) => `  ${reason}`)].join("\n"));
    this.name = "Refusal";
  }
}
