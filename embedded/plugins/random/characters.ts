import { type Entropy, shuffled } from "./entropy";

/** Inputs of RandomPassword and RandomString. */
export interface CharacterRules {
  length: number;
  lower: boolean;
  upper: boolean;
  numeric: boolean;
  special: boolean;
  minLower: number;
  minUpper: number;
  minNumeric: number;
  minSpecial: number;
  /** Stands in for the usual special characters. */
  overrideSpecial?: string;
}

export const LOWER = "abcdefghijklmnopqrstuvwxyz";
export const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const NUMERIC = "0123456789";
export const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

/** The classes of characters: which are allowed, and how many of each there must be at least. */
function classesOf(rules: CharacterRules) {
  return [
    { characters: LOWER, allowed: rules.lower, minimum: rules.minLower },
    { characters: UPPER, allowed: rules.upper, minimum: rules.minUpper },
    { characters: NUMERIC, allowed: rules.numeric, minimum: rules.minNumeric },
    { characters: rules.overrideSpecial || SPECIAL, allowed: rules.special, minimum: rules.minSpecial },
  ];
}

/**
 * A string by the rules, its classes in random order. As with the official provider, a minimum counts even
 * for a class that is not allowed otherwise.
 */
export function randomCharacters(rules: CharacterRules, below: Entropy): string {
  const classes = classesOf(rules);
  const all = classes.map((one) => (one.allowed ? one.characters : "")).join("");
  const required = classes.flatMap((one) => pick(one.characters, one.minimum));
  return shuffled([...required, ...pick(all, rules.length - required.length)], below).join("");

  function pick(characters: string, count: number): string[] {
    const choice = [...characters];
    return Array.from({ length: count }, () => choice[below(choice.length)] as string);
  }
}

/** What makes the rules impossible, by input. */
export function ruleProblems(rules: CharacterRules): { property: string; reason: string }[] {
  const classes = classesOf(rules);
  const required = classes.reduce((sum, one) => sum + one.minimum, 0);
  if (rules.length < 1) return [{ property: "length", reason: `is ${rules.length}, must be at least 1` }];
  if (rules.length < required) {
    const reason = `is ${rules.length}, less than the ${required} characters that the min… inputs ask for`;
    return [{ property: "length", reason }];
  }
  if (rules.length > required && classes.every((one) => !one.allowed)) {
    return [{ property: "special", reason: "one of lower, upper, numeric and special must be true" }];
  }
  return [];
}
