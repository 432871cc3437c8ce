import type { Source } from "../zod-problems";

/** Settings, as problems speak of them. */
export const stackFile: Source = {
  prefix: "platform:",
  noun: "setting",
  file: "the stack's file",
  add: (at) => `add it to the stack's file, or run: pulumi config set ${at} …`,
};
