/**
 * A mistake or a state of the machine that the person at the keyboard can mend. Printed without a stack:
 * `problem` says what and where, `remedy` what to do.
 */
export class UserError extends Error {
  constructor(
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(`${problem}\n  ${remedy}`);
    this.name = "UserError";
  }
}
