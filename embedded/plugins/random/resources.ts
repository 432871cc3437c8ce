import { randomBytes, randomInt } from "node:crypto";
import { boolean, integer, only } from "../inputs";
import type { GeneratedResource, GeneratedResources } from "../provider";
import { secret } from "../wire";

const LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** The special characters of the official provider. */
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** An id is no secret, and so cannot be the value. */
const ID = "none";

/** Characters from the system's cryptographic source, each equally likely. */
export function generatePassword(length: number, special: boolean): string {
  const characters = special ? LETTERS_AND_DIGITS + SPECIAL : LETTERS_AND_DIGITS;
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join("");
}

const password: GeneratedResource<Record<string, unknown> & { length: number; special: boolean }> = {
  fields: {
    length: integer(1),
    special: { default: true, ...boolean },
    lower: only(true),
    upper: only(true),
    numeric: only(true),
    // Its former name, which the outputs of the official provider still have.
    number: only(true),
    minLower: only(0),
    minUpper: only(0),
    minNumeric: only(0),
    minSpecial: only(0),
  },
  create: ({ length, special }) => ({
    id: ID,
    outputs: { result: secret(generatePassword(length, special)) },
  }),
};

const bytes: GeneratedResource<{ length: number }> = {
  fields: { length: integer(1) },
  create({ length }) {
    const value = randomBytes(length);
    return {
      id: ID,
      outputs: { base64: secret(value.toString("base64")), hex: secret(value.toString("hex")) },
    };
  },
};

/** What the program uses of `@pulumi/random`. A password has no `bcryptHash`, which nothing reads here. */
export const randomResources: GeneratedResources = {
  "random:index/randomPassword:RandomPassword": password,
  "random:index/randomBytes:RandomBytes": bytes,
};
