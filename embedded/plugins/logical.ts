import {
  type CheckFailure,
  type DiffKind,
  hasUnknown,
  isObject,
  type Properties,
  type Provider,
  reveal,
  Secret,
  UNKNOWN,
} from "./protocol";

/** How an input has to look. */
export interface Field {
  type: "boolean" | "integer" | "list" | "object" | "string";
  required?: boolean;
  /** Stands in for the input where it is left out. */
  default?: unknown;
  /** The only values there are, of a string or of the items of a list. */
  values?: readonly string[];
  /** Whether a change leaves the resource as it is; otherwise it makes a new one. */
  changeable?: boolean;
}

/** What {@link LogicalType.create} makes: an id and the outputs that are not inputs. */
export interface Made {
  id: string;
  outputs: Properties;
}

/** A resource that lives in the state alone: made once, and made anew when an input changes. */
export interface LogicalType<Inputs> {
  inputs: Readonly<Record<string, Field>>;
  /** Outputs besides the inputs, and whether each is a secret. */
  outputs: Readonly<Record<string, "plain" | "secret">>;
  /** Inputs that depend on one another, settled after the defaults. */
  settle?(inputs: Inputs): Properties;
  /** What is wrong with inputs whose types are right. Not asked while any of them is unknown. */
  problems?(inputs: Inputs): CheckFailure[];
  create(inputs: Inputs): Made | Promise<Made>;
  /** The resource that an id for `pulumi import` stands for, with the inputs that would lead to it. */
  import?(id: string): Made & { inputs: Properties };
  /** An output that turns true in time, and then asks for a new resource. */
  expiry?: { output: string; reached(state: Properties): boolean };
}

/** A provider of such resources, by type token. */
export function logicalProvider(types: Readonly<Record<string, LogicalType<never>>>): Provider {
  return {
    async configure() {},

    async check({ type, news }) {
      const definition = typeOf(type);
      const failures = fieldFailures(definition, news);
      if (failures.length > 0 || hasUnknown(news)) return { inputs: news, failures };
      return { inputs: news, failures: definition.problems?.(plain(definition, news)) ?? [] };
    },

    async diff({ type, olds, news }) {
      const definition = typeOf(type);
      const before = complete(definition, reveal<Properties>(olds));
      const after = complete(definition, reveal<Properties>(news));
      const changed = Object.keys(definition.inputs).filter(
        (name) => hasUnknown(after[name]) || !same(before[name], after[name]),
      );
      const replaces = changed.filter((name) => !definition.inputs[name]?.changeable);
      const detailed = Object.fromEntries(
        changed.map((name) => [name, kindOf(before[name], after[name], replaces.includes(name))]),
      );
      const { expiry } = definition;
      if (expiry?.reached({ ...before, ...after })) {
        replaces.push(expiry.output);
        detailed[expiry.output] = "update-replace";
      }
      return {
        changes: replaces.length > 0 || changed.length > 0,
        replaces,
        deleteBeforeReplace: false,
        detailed,
      };
    },

    async create({ type, inputs, preview }) {
      const definition = typeOf(type);
      const made = preview
        ? { id: "", outputs: mapValues(definition.outputs, () => UNKNOWN) }
        : await definition.create(plain(definition, inputs));
      return {
        id: made.id,
        outputs: { ...complete(definition, inputs), ...guarded(definition, made.outputs) },
      };
    },

    async read({ type, id, inputs, outputs }) {
      const definition = typeOf(type);
      if (Object.keys(outputs).length === 0) return imported(type, id);
      const { expiry } = definition;
      const expired = expiry?.reached(reveal<Properties>(outputs)) ? { [expiry.output]: true } : {};
      return { id, inputs, outputs: { ...outputs, ...expired } };
    },

    async update({ type, olds, news }) {
      return { ...olds, ...complete(typeOf(type), news) };
    },

    async delete() {},
  };

  function typeOf(token: string): LogicalType<never> {
    const definition = types[token];
    if (definition) return definition;
    throw new Error(
      `the plugins for closed networks have no ${token}, only ${Object.keys(types).join(", ")}; ` +
        "use one of these, or a network where Pulumi's own plugin can be downloaded",
    );
  }

  function imported(token: string, id: string) {
    const definition = typeOf(token);
    if (!definition.import) throw new Error(`${token} cannot be imported`);
    const { inputs, ...made } = definition.import(id);
    return {
      id: made.id,
      inputs,
      outputs: { ...complete(definition, inputs), ...guarded(definition, made.outputs) },
    };
  }
}

/** Inputs that are unknown to the type, missing, or of the wrong type. */
function fieldFailures({ inputs }: LogicalType<never>, news: Properties): CheckFailure[] {
  const strangers = Object.keys(news).filter((name) => !(name in inputs) && !name.startsWith("__"));
  return [
    ...strangers.map((property) => ({
      property,
      reason: `is not an input; there are ${Object.keys(inputs).join(", ")}`,
    })),
    ...Object.entries(inputs).flatMap(([property, field]) => {
      const reason = valueProblem(field, reveal(news[property]));
      return reason ? [{ property, reason }] : [];
    }),
  ];
}

function valueProblem(field: Field, value: unknown): string | undefined {
  if (value === undefined || value === null) return field.required ? "is required" : undefined;
  if (value === UNKNOWN) return undefined;
  if (!hasType(field.type, value)) return `must be of type ${field.type}`;
  const strange = [value]
    .flat()
    .find((item) => item !== UNKNOWN && field.values?.includes(item as string) === false);
  return strange === undefined
    ? undefined
    : `is ${JSON.stringify(strange)}, must be one of ${field.values?.join(", ")}`;
}

function hasType(type: Field["type"], value: unknown): boolean {
  if (type === "integer") return Number.isSafeInteger(value);
  if (type === "list") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return typeof value === type;
}

/** The inputs among the properties, with defaults for those left out. What else is there stays. */
function complete(definition: LogicalType<never>, properties: Properties): Properties {
  const filled = { ...properties };
  for (const [name, field] of Object.entries(definition.inputs)) filled[name] ??= field.default;
  for (const name of Object.keys(filled)) if (name.startsWith("__")) delete filled[name];
  return { ...filled, ...definition.settle?.(filled as never) };
}

function plain(definition: LogicalType<never>, inputs: Properties): never {
  return complete(definition, reveal<Properties>(inputs)) as never;
}

function guarded({ outputs }: LogicalType<never>, values: Properties): Properties {
  return mapValues(values, (value, name) => (outputs[name] === "secret" ? new Secret(value) : value));
}

function mapValues<T, U>(
  object: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

/** Nothing, an empty list and an empty object are the same to a user, whatever the order of the keys. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

function canonical(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.length > 0 ? value.map(canonical) : null;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.length > 0 ? entries.map(([key, item]) => [key, canonical(item)]) : null;
}

function kindOf(before: unknown, after: unknown, replaces: boolean): DiffKind {
  const kind = same(before, null) ? "add" : same(after, null) ? "delete" : "update";
  return replaces ? `${kind}-replace` : kind;
}
