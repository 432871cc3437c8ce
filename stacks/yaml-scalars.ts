import { Scalar, type ScalarTag, type Tags } from "yaml";

/**
 * The scalars of a stack's file as Pulumi reads them, which is as Go's yaml.v3 does: YAML 1.2 with the octal and binary
 * numbers, the underscores and the dates of YAML 1.1, and without its `yes` and `no`. What is not changed is written
 * again to the letter.
 */

const YAML = "tag:yaml.org,2002";

/** What Go makes of a date: not a string here, which would be written as one. */
export class GoTime {
  constructor(
    readonly text: string,
    readonly source: string,
  ) {}

  toJSON(): string {
    return this.text;
  }
}

/** Of a `RegExp` the package only calls `test`; what is a number for Go, no pattern says. */
const when = (test: (text: string) => boolean) => ({ test }) as RegExp;

const nullTag: ScalarTag = {
  tag: `${YAML}:null`,
  default: true,
  identify: (value) => value === null,
  test: /^(?:~|[Nn]ull|NULL)?$/,
  resolve: () => new Scalar(null),
  stringify: ({ source = "null" }) => source,
};

const boolTag: ScalarTag = {
  tag: `${YAML}:bool`,
  default: true,
  identify: (value) => typeof value === "boolean",
  test: /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/,
  resolve: (source) => /^t/i.test(source),
  stringify: ({ source, value }) => (source?.toLowerCase() === String(value) ? source : String(value)),
};

const timestampTag: ScalarTag = {
  tag: `${YAML}:timestamp`,
  default: true,
  identify: (value) => value instanceof GoTime,
  test: when((source) => goTime(source) !== undefined),
  resolve: goTime,
  stringify: ({ value }) => (value as GoTime).source,
};

const numberTag: ScalarTag = {
  tag: `${YAML}:int`,
  default: true,
  identify: (value) => typeof value === "number" || typeof value === "bigint",
  test: when((source) => goNumber(source) !== undefined),
  resolve: goNumber,
  stringify: ({ source, value }) =>
    source !== undefined && Object.is(goNumber(source), value) ? source : String(value),
};

/** Only by name: `!!float 3`. */
const floatTag: ScalarTag = { ...numberTag, tag: `${YAML}:float`, default: false, test: undefined };

/** For the `yaml` package, as `customTags` beside the schema `failsafe`. */
export const goTags = (failsafe: Tags): Tags => [
  ...failsafe,
  "merge",
  nullTag,
  boolTag,
  timestampTag,
  numberTag,
  floatTag,
];

/** An integer of any base without its underscores, or else a decimal fraction; nothing where it is neither. */
function goNumber(source: string): number | bigint | undefined {
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(source)) return source.startsWith("-") ? -Infinity : Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(source)) return Number.NaN;
  if (!/^[-+.\d]/.test(source)) return undefined;
  // After a leading dot underscores may only stand between digits; elsewhere anywhere.
  if (source.startsWith(".") && /_(?!\d)|(?<!\d)_/.test(source)) return undefined;
  const text = source.replaceAll("_", "");
  return goInteger(text) ?? goFraction(text);
}

function goInteger(text: string): number | bigint | undefined {
  const [, sign = "", digits = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  // Octal by Go's and by YAML 1.1's own prefix.
  const based = digits.replace(/^0[oO]?(?=[0-7]+$)/, "0o").toLowerCase();
  if (!/^(?:0x[\da-f]+|0b[01]+|0o[0-7]+|0|[1-9]\d*)$/.test(based)) return undefined;
  const value = (sign === "-" ? -1n : 1n) * BigInt(based);
  const most = sign === "" ? 2n ** 64n : 2n ** 63n;
  if (value < -(2n ** 63n) || value >= most) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function goFraction(text: string): number | undefined {
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const TIME =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)| (\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?)?$/;

/** `2024-01-15 00:00:00 +0000 UTC`; nothing for a day that no calendar has. */
function goTime(source: string): GoTime | undefined {
  const match = TIME.exec(source);
  if (!match) return undefined;
  const [year = "", month = "", day = ""] = match.slice(1);
  const [hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] =
    match[4] === undefined ? match.slice(9) : match.slice(4);
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!exists || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;

  const two = (part: string) => part.padStart(2, "0");
  const parts = fraction.slice(0, 9).replace(/0+$/, "");
  const offset = zone.replace(":", "");
  const where = /^(?:Z|.00:00)$/.test(zone) ? "+0000 UTC" : `${offset} ${offset}`;
  const time = `${two(hour)}:${two(minute)}:${two(second)}${parts && `.${parts}`}`;
  return new GoTime(`${year}-${two(month)}-${two(day)} ${time} ${where}`, source);
}
