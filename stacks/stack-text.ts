import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, type ParsedNode, parseDocument, Scalar, visit } from "yaml";
import { flatten } from "./yaml-anchors";
import { GoTime, goTags } from "./yaml-scalars";

/**
 * The one reader and the one writer of Pulumi.<stack>.yaml: they read as Pulumi does, and what they write, `pulumi
 * config set` reads again as what was meant. All of it is pure.
 */

/** One setting to be written; without a value it is taken away. The path begins at the top of the file. */
export interface Edit {
  path: readonly string[];
  value?: unknown;
}

type Values = Record<string, unknown>;

/**
 * The file's values as Pulumi has them: what stands directly below `config` is text, whatever it looks like.
 * @throws {Error} when the text is not YAML, with the line
 */
export function readStackText(text: string): Values {
  return asPulumiHas((documentOf(text).toJS() ?? {}) as Values);
}

/**
 * The text with the edits in it, and with its comments and all other values as they were. Texts are written in quotes,
 * for a tag such as 2024-01-15 is a date without. Where an anchor would carry an edit elsewhere, anchors are written out.
 * @throws {Error} when the text is not YAML, or cannot be edited without changing something else
 */
export function editStackText(text: string, edits: readonly Edit[]): string {
  const expected = asPulumiHas(edits.reduce(edited, readStackText(text)));
  for (const prepare of [() => {}, flatten]) {
    const document = documentOf(text);
    prepare(document);
    const written = attempt(() => {
      for (const edit of edits) apply(document, edit);
      // As it was written: long lines in one, and braces with or without spaces.
      return document.toString({ lineWidth: 0, flowCollectionPadding: /\{ /.test(text) });
    });
    if (
      written !== undefined &&
      isDeepStrictEqual(
        attempt(() => readStackText(written)),
        expected,
      )
    )
      return written;
  }
  const places = edits.map(({ path }) => path.join(".")).join(", ");
  throw new Error(`${places} cannot be written without changing other values of the file`);
}

/**
 * What of a file without quotes is another value than it looks like: 07, 1.50, 0b101, dates.
 * @returns paths below `config`, and what is written there
 */
export function unquoted(text: string): { path: string[]; source: string }[] {
  const found: { path: string[]; source: string }[] = [];
  const document = documentOf(text);
  visit(document, {
    Scalar(key, { value, source = "" }, ancestors) {
      if (
        key === "key" ||
        (typeof value !== "number" && typeof value !== "bigint" && !(value instanceof GoTime))
      )
        return;
      const path = ancestors.flatMap((node) =>
        "key" in node && isScalar(node.key) ? [String(node.key.value)] : [],
      );
      if (path[0] === "config" && String(plain(value)) !== source)
        found.push({ path: path.slice(1), source });
    },
  });
  return found;
}

/** The paths of all encrypted values; a list that has one is one itself. */
export function secretsIn(values: unknown, path: readonly string[]): string[][] {
  if (Array.isArray(values)) return values.some((one) => secretsIn(one, []).length > 0) ? [[...path]] : [];
  if (!isRecord(values)) return [];
  if (isDeepStrictEqual(Object.keys(values), ["secure"])) return [[...path]];
  return Object.entries(values).flatMap(([key, value]) => secretsIn(value, [...path, key]));
}

function documentOf(text: string): Document<ParsedNode> {
  const document = parseDocument(text, { schema: "failsafe", customTags: goTags, logLevel: "silent" });
  const [error] = document.errors;
  if (error) throw new Error(error.message.trimEnd());
  return document as Document<ParsedNode>;
}

function asPulumiHas({ config, ...others }: Values): Values {
  const values = plain(others) as Values;
  if (config === undefined) return values;
  if (!isRecord(config)) return { ...values, config };
  const settings = Object.entries(config).map(([key, value]) => [key, topLevel(value)]);
  return { ...values, config: Object.fromEntries(settings) };
}

/** Numbers as a program has them after JSON, and dates as text. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "number") return Number(value) + 0;
  if (value instanceof GoTime) return value.text;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map(plain);
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
    : value;
}

function topLevel(value: unknown): unknown {
  if (value === null) return "";
  // Its digits are all there still, which a number of JavaScript's would not have.
  if (typeof value === "bigint") return String(value);
  const known = plain(value);
  return typeof known === "object" ? known : String(known);
}

/** The same edit of values: what must come out. */
function edited(values: Values, { path: [key = "", ...rest], value }: Edit): Values {
  const { [key]: before, ...others } = values;
  if (rest.length > 0) {
    if (value === undefined && !isRecord(before)) return values;
    return { ...others, [key]: edited(isRecord(before) ? before : {}, { path: rest, value }) };
  }
  return value === undefined ? others : { ...others, [key]: value };
}

function apply(document: Document<ParsedNode>, { path, value }: Edit): void {
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path);
    return;
  }
  // Written by hand with nothing in it, it is no map yet.
  for (let length = 1; length < path.length; length++) {
    const part = path.slice(0, length);
    if (!isMap(document.getIn(part, true))) document.setIn(part, document.createNode({}));
  }
  const node = document.createNode(value);
  visit(node, {
    Scalar(key, scalar) {
      if (key !== "key" && typeof scalar.value === "string") scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const before = document.getIn(path, true);
  if (isScalar(before)) node.comment = before.comment;
  document.setIn(path, node);
}

/** Whether there are secrets in the file, which only the passphrase that belongs to its salt can open. */
export function hasSecrets(text: string): boolean {
  return secretsIn(readStackText(text), []).length > 0;
}

/** A stack file without the salt that Pulumi adds to it. */
export function withoutSalt(text: string): string {
  return text.replace(/^encryptionsalt:.*\n?/m, "");
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof GoTime);
}
