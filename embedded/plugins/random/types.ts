import { randomBytes, randomUUID } from "node:crypto";
import { hashSync } from "bcryptjs";
import type { Field, LogicalType, Made } from "../logical";
import type { CheckFailure, Properties } from "../protocol";
import { type CharacterRules, randomCharacters, ruleProblems } from "./characters";
import { entropy, RANGE, shuffled } from "./entropy";

const keepers: Record<"keepers", Field> = { keepers: { type: "object" } };

const characterFields: Record<keyof CharacterRules | "number" | "keepers", Field> = {
  ...keepers,
  length: { type: "integer", required: true },
  lower: { type: "boolean", default: true },
  upper: { type: "boolean", default: true },
  numeric: { type: "boolean" },
  number: { type: "boolean" },
  special: { type: "boolean", default: true },
  minLower: { type: "integer", default: 0 },
  minUpper: { type: "integer", default: 0 },
  minNumeric: { type: "integer", default: 0 },
  minSpecial: { type: "integer", default: 0 },
  overrideSpecial: { type: "string" },
};

/** `number` is the deprecated name of `numeric`; the official provider keeps both. */
type CharacterInputs = CharacterRules & { number?: boolean };

function settleNumeric(inputs: CharacterInputs): Properties {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  return { numeric, number: numeric };
}

const password: LogicalType<CharacterInputs> = {
  inputs: characterFields,
  outputs: { result: "secret", bcryptHash: "secret" },
  settle: settleNumeric,
  problems: ruleProblems,
  create: (rules) => asPassword(randomCharacters(rules, entropy())),
  import: (value) => ({ ...asPassword(value), inputs: { length: [...value].length } }),
};

/** Logarithm of the number of rounds: the official provider's. */
const BCRYPT_COST = 10;

/** The id is no secret, so that it cannot be the password. */
function asPassword(result: string): Made {
  return { id: "none", outputs: { result, bcryptHash: hashSync(result, BCRYPT_COST) } };
}

const string: LogicalType<CharacterInputs> = {
  inputs: characterFields,
  outputs: { result: "plain" },
  settle: settleNumeric,
  problems: ruleProblems,
  create: (rules) => asResult(randomCharacters(rules, entropy())),
  import: (value) => ({ ...asResult(value), inputs: { length: [...value].length } }),
};

function asResult(result: string): Made {
  return { id: result, outputs: { result } };
}

const id: LogicalType<{ byteLength: number; prefix?: string }> = {
  inputs: { ...keepers, byteLength: { type: "integer", required: true }, prefix: { type: "string" } },
  outputs: { b64Std: "plain", b64Url: "plain", dec: "plain", hex: "plain" },
  problems: ({ byteLength }) => atLeastOne("byteLength", byteLength),
  create: ({ byteLength, prefix }) => asId(randomBytes(byteLength), prefix),
  import(text) {
    const comma = text.lastIndexOf(",");
    const prefix = comma < 0 ? undefined : text.slice(0, comma);
    const bytes = Buffer.from(text.slice(comma + 1), "base64url");
    if (bytes.length === 0 || !text.endsWith(bytes.toString("base64url"))) {
      throw new Error(`a RandomId is imported by <b64Url> or <prefix>,<b64Url>, not by ${text}`);
    }
    return { ...asId(bytes, prefix), inputs: { byteLength: bytes.length, prefix } };
  },
};

function asId(bytes: Buffer, prefix = ""): Made {
  const b64Url = bytes.toString("base64url");
  const forms = {
    b64Url,
    b64Std: bytes.toString("base64"),
    hex: bytes.toString("hex"),
    dec: BigInt(`0x${bytes.toString("hex")}`).toString(),
  };
  return {
    id: b64Url,
    outputs: Object.fromEntries(Object.entries(forms).map(([name, form]) => [name, prefix + form])),
  };
}

const bytes: LogicalType<{ length: number }> = {
  inputs: { ...keepers, length: { type: "integer", required: true } },
  outputs: { base64: "secret", hex: "secret" },
  problems: ({ length }) => atLeastOne("length", length),
  create: ({ length }) => asBytes(randomBytes(length)),
  import(base64) {
    const value = Buffer.from(base64, "base64");
    return { ...asBytes(value), inputs: { length: value.length } };
  },
};

function asBytes(value: Buffer): Made {
  return { id: "none", outputs: { base64: value.toString("base64"), hex: value.toString("hex") } };
}

const integer: LogicalType<{ min: number; max: number; seed?: string }> = {
  inputs: {
    ...keepers,
    min: { type: "integer", required: true },
    max: { type: "integer", required: true },
    seed: { type: "string" },
  },
  outputs: { result: "plain" },
  problems({ min, max }) {
    if (max < min)
      return [{ property: "max", reason: `is ${max}, must not be less than min, which is ${min}` }];
    const tooWide = {
      property: "max",
      reason: `is ${max}: more than ${RANGE} numbers from min, which is ${min}`,
    };
    return max - min >= RANGE ? [tooWide] : [];
  },
  create: ({ min, max, seed }) => asInteger(min + entropy(seed)(max - min + 1)),
  import(text) {
    const [result = "", min = "", max = "", seed] = text.split(",");
    const numbers = [result, min, max].map((part) => (part.trim() ? Number(part) : Number.NaN));
    if (!numbers.every(Number.isSafeInteger)) {
      throw new Error(
        `a RandomInteger is imported by <result>,<min>,<max> or <result>,<min>,<max>,<seed>, not by ${text}`,
      );
    }
    return { ...asInteger(numbers[0] as number), inputs: { min: numbers[1], max: numbers[2], seed } };
  },
};

function asInteger(result: number): Made {
  return { id: String(result), outputs: { result } };
}

const shuffle: LogicalType<{ inputs: string[]; resultCount?: number; seed?: string }> = {
  inputs: {
    ...keepers,
    inputs: { type: "list", required: true },
    resultCount: { type: "integer" },
    seed: { type: "string" },
  },
  outputs: { results: "plain" },
  /** More results than inputs repeat them, but none again before each was there. */
  create({ inputs, resultCount, seed }) {
    const below = entropy(seed);
    const count = resultCount || inputs.length;
    const rounds = inputs.length > 0 ? Math.ceil(count / inputs.length) : 0;
    const results = Array.from({ length: rounds }, () => shuffled(inputs, below)).flat();
    return { id: "-", outputs: { results: results.slice(0, count) } };
  },
};

function uuidType(generate: () => string): LogicalType<Properties> {
  return {
    inputs: keepers,
    outputs: { result: "plain" },
    create: () => asResult(generate()),
    import: (value) => ({ ...asResult(value), inputs: {} }),
  };
}

/** RFC 9562, version 7: milliseconds since 1970, then random bits. */
export function uuid7(now = Date.now()): string {
  const hex = now.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
}

function atLeastOne(property: string, value: number): CheckFailure[] {
  return value < 1 ? [{ property, reason: `is ${value}, must be at least 1` }] : [];
}

/** What this provider offers: all of the official one but RandomPet, which lives off its word lists. */
export const randomTypes: Record<string, LogicalType<never>> = {
  "random:index/randomPassword:RandomPassword": password,
  "random:index/randomString:RandomString": string,
  "random:index/randomId:RandomId": id,
  "random:index/randomBytes:RandomBytes": bytes,
  "random:index/randomInteger:RandomInteger": integer,
  "random:index/randomShuffle:RandomShuffle": shuffle,
  "random:index/randomUuid:RandomUuid": uuidType(randomUUID),
  "random:index/randomUuid4:RandomUuid4": uuidType(randomUUID),
  "random:index/randomUuid7:RandomUuid7": uuidType(uuid7),
};
