import type { z } from "zod";

/**
 * What the compiler says of a type, with the limits of each value: for a catalog that was not compiled. A property that
 * the type shuts out (`exclusive.ts`) has no schema, and is an unknown one.
 */
export type SchemaOf<T> = {
  [Key in keyof Required<T> as [NonNullable<T[Key]>] extends [never] ? never : Key]: z.ZodType<T[Key]>;
};
