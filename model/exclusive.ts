/** Every key that some member of a union has. */
type KeysOf<U> = U extends U ? keyof U : never;

/**
 * A union whose members shut each other out: what has a property of another member does not compile. TypeScript by itself
 * lets an object mix the properties of several members.
 */
export type Exclusive<U, Keys extends PropertyKey = KeysOf<U>> = U extends U
  ? U & { readonly [Key in Exclude<Keys, keyof U>]?: never }
  : never;
