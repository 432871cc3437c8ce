import { UserError } from "../../model/user-error";
import { isConflict } from "./field-conflicts";

/** The stack that was refused, and its file. */
interface Refused {
  stack: string;
  path: string;
}

/** The first line of the program's own list of problems; see `model/problems.ts`. */
const PROBLEMS = /\d+ problems? in stack /;

/** What the program or its settings are to blame for, of the errors that Pulumi has told; nothing where it is neither. Pure. */
export function refusalOf(errors: readonly string[], { path }: Refused): UserError | undefined {
  for (const error of errors) {
    const [first = "", ...rest] = error.slice(Math.max(0, error.search(PROBLEMS))).split("\n");
    if (PROBLEMS.test(first)) return new UserError(first, rest.filter(isProblem).join("\n").trimStart());
    if (error.includes("incorrect passphrase")) {
      return new UserError(
        `the secrets in ${path} were encrypted on another machine`,
        `set them again: remove encryptionsalt and every "secure:" entry, then pulumi config set --secret …`,
      );
    }
  }
  return undefined;
}

/** The house rules that a preview has found broken. Pure. */
export function refusalByPolicies(violations: readonly string[], { stack }: Refused): UserError {
  const count = violations.length === 1 ? "1 house rule is" : `${violations.length} house rules are`;
  return new UserError(`${count} broken by stack ${stack}, nothing was changed:`, violations.join("\n"));
}

/** The ways on where another manager has taken fields of an object; none where no error tells of that. Pure. */
export function waysOnAfterConflict(errors: readonly string[], { stack }: Refused): string[] {
  if (!errors.some(isConflict)) return [];
  const command = `PULUMI_K8S_ENABLE_PATCH_FORCE=true make up STACK=${stack}`;
  return [`to take such fields back: ${command}; to leave them as they are: write the same into the program`];
}

/** Not the stack trace below the list. */
const isProblem = (line: string): boolean => line.trim() !== "" && !/^\s+at /.test(line);
