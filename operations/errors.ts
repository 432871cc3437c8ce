/** Exit code `invalid`; see exit-codes.ts. */
export { UserError } from "../model/user-error";

/** A request that must not be carried out as things are; nothing was changed. Exit code `refused`. */
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
