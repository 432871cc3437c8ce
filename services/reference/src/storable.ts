/** A request that cannot be carried out as it is, and could not be later either. Answered with 400. */
export class InvalidInput extends Error {
  readonly statusCode = 400;

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "InvalidInput";
  }
}

/** Levels of objects and arrays: more than people write, far fewer than would exhaust a stack here or in Postgres. */
const MAX_DEPTH = 32;

/** Half of a surrogate pair: under the flag `u` a whole pair is another character. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Refuses what JSON can say and Postgres cannot store as `text` or `jsonb` (PostgreSQL's documentation, "JSON Types"):
 * an insert would fail, or would store something else.
 * @param at how the value is called in the message
 * @throws {InvalidInput} naming the place
 */
export function requireStorable(value: unknown, at: string): void {
  // No recursion: the input decides how deep it is.
  const left: { value: unknown; at: string; depth: number }[] = [{ value, at, depth: 1 }];
  for (let next = left.pop(); next; next = left.pop()) {
    const { value, at: place, depth } = next;
    if (typeof value === "string") refuse(faultOf(value), `${place} holds`);
    else if (typeof value === "number")
      refuse(!Number.isFinite(value) && "too large a number", `${place} holds`);
    else if (typeof value === "object" && value !== null) {
      refuse(depth > MAX_DEPTH && `more than ${MAX_DEPTH} levels`, `${at} has`);
      for (const [key, child] of Object.entries(value)) {
        refuse(faultOf(key), `${place} has a key with`);
        left.push({ value: child, at: `${place}/${key}`, depth: depth + 1 });
      }
    }
  }
}

function faultOf(text: string): string | undefined {
  if (text.includes("\0")) return "a NUL character";
  return LONE_SURROGATE.test(text) ? "half of a surrogate pair" : undefined;
}

function refuse(fault: string | false | undefined, where: string): void {
  if (fault) throw new InvalidInput(`${where} ${fault}, which cannot be stored`);
}
