/** What a command of `npx ops` tells its caller: the one table, of the code and of the help. docs/operations.md has it, too. */
const table = {
  done: { code: 0, meaning: "done; with status: everything is ready" },
  failed: { code: 1, meaning: "failed; with status: something is not ready" },
  invalid: { code: 2, meaning: "wrong arguments, settings or files: the message says what to mend" },
  refused: {
    code: 3,
    meaning: "refused as things are, nothing was changed; or a release is held, as its way back is closed",
  },
  rolledBack: {
    code: 4,
    meaning: "rolled back: the release did not pass, and the version before serves everything",
  },
} as const;

type Name = keyof typeof table;

export type ExitCode = (typeof table)[Name]["code"];

export const exitCodes = Object.fromEntries(
  Object.entries(table).map(([name, { code }]) => [name, code]),
) as { readonly [N in Name]: (typeof table)[N]["code"] };

/** A line each: `  0  done; with status: everything is ready`. */
export const exitCodesHelp = Object.values(table)
  .map(({ code, meaning }) => `  ${code}  ${meaning}`)
  .join("\n");
