/** The option of every command that is about one stack, as Commander's `option` takes it. */
export const STACK_OPTION = ["--stack <stack>", "of Pulumi.<stack>.yaml", "dev"] as const;

/** What it gives to a command. */
export interface StackOption {
  /** @default "dev" */
  stack: string;
}
