import { isDeepStrictEqual } from "node:util";
import { type CheckFailure, main, type Provider } from "@pulumi/pulumi/provider/index.js";
import { type Field, failuresOf, REMEDY } from "./inputs";
import { hasUnknown, isObject, type Properties, reveal } from "./wire";

/** A resource that lives in the state alone: generated once, and anew when an input changes or it has expired. */
export interface GeneratedResource<Inputs> {
  fields: Readonly<Record<keyof Inputs & string, Field>>;
  /** What is wrong with inputs that are right one by one. Not called while any of them is unknown. */
  failures?(inputs: Inputs): CheckFailure[];
  create(inputs: Inputs): Generated | Promise<Generated>;
  /** Whether to generate it anew, by inputs and outputs. */
  isExpired?(state: Properties): boolean;
}

/** What is new in the state: an id, and outputs that are not inputs. Secrets are marked. */
export interface Generated {
  id: string;
  outputs: Properties;
}

/** Resources by type token. */
export type GeneratedResources = Readonly<Record<string, GeneratedResource<never>>>;

/** Output of the official provider for {@link GeneratedResource.isExpired}. */
const EXPIRED = "readyForRenewal";

/**
 * A provider of such resources. Nothing here is about previews: in one, the engine does not call `create` of what
 * `pulumi.provider.main` serves, and takes all outputs as unknown. It would do so with those of an `update` too,
 * and announce replacements that never come, so that there is none.
 */
export function generator(resources: GeneratedResources): Provider {
  const types = Object.keys(resources).join(", ");
  const refusalOf = (token: string) => `this plugin has no ${token}, only ${types}; ${REMEDY}`;

  return {
    async check(urn, _olds, inputs: Properties) {
      const resource = resources[typeOf(urn)];
      if (!resource) return { failures: [{ property: "", reason: refusalOf(typeOf(urn)) }] };
      const failures = failuresOf(resource.fields, inputs);
      if (failures.length > 0 || hasUnknown(inputs)) return { failures };
      return { failures: resource.failures?.(complete(resource, reveal(inputs)) as never) };
    },

    async diff(_id, urn, olds, news) {
      const resource = resourceOf(urn);
      const before = complete(resource, reveal(olds));
      const after = complete(resource, reveal(news));
      const replaces = Object.entries<Field>(resource.fields)
        .filter(([, field]) => !field.isForExpiry)
        .map(([name]) => name)
        .filter((name) => !isDeepStrictEqual(normalize(before[name]), normalize(after[name])));
      if (resource.isExpired?.({ ...before, ...after })) replaces.push(EXPIRED);
      return { changes: replaces.length > 0, replaces };
    },

    async create(urn, inputs) {
      const resource = resourceOf(urn);
      const { id, outputs } = await resource.create(complete(resource, reveal(inputs)) as never);
      return { id, outs: { ...complete(resource, inputs), ...outputs } };
    },

    async read(id, urn, state: Properties) {
      if (Object.keys(state).length === 0) throw new Error(`${typeOf(urn)} cannot be looked up; ${REMEDY}`);
      const isExpired = resourceOf(urn).isExpired?.(reveal(state) as Properties);
      return { id, props: isExpired ? { ...state, [EXPIRED]: true } : state };
    },

    async invoke(token) {
      return { outputs: {}, failures: [{ property: "", reason: refusalOf(token) }] };
    },
  };

  function resourceOf(urn: string): GeneratedResource<never> {
    const resource = resources[typeOf(urn)];
    if (!resource) throw new Error(refusalOf(typeOf(urn)));
    return resource;
  }
}

/** Milliseconds between two looks whether the engine is still there. */
const PARENT_CHECK = 2000;

/**
 * Serves a plugin to the engine that started it, and ends with it: an engine that is killed stops no plugins. The launcher
 * (install.ts) says in `ENGINE` which process that is.
 */
export async function serve(version: string, resources: GeneratedResources): Promise<void> {
  const engine = Number(process.env.ENGINE);
  setInterval(() => process.ppid === engine || process.exit(), PARENT_CHECK).unref();
  await main({ version, ...generator(resources) }, process.argv.slice(2));
}

/** The type token in `urn:pulumi:<stack>::<project>::<types of the parents>$<type>::<name>`. */
const typeOf = (urn: string) => urn.split("::")[2]?.split("$").at(-1) ?? urn;

/** Properties with the defaults of what is left out. */
function complete({ fields }: GeneratedResource<never>, properties: unknown): Properties {
  const all = { ...(properties as Properties) };
  for (const [name, field] of Object.entries<Field>(fields)) {
    if (field.default !== undefined) all[name] ??= field.default;
  }
  return all;
}

/** Nothing, an empty list and an empty object are the same: a state may have any of them for what was left out. */
function normalize(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value : undefined;
  if (!isObject(value)) return value ?? undefined;
  const entries = Object.entries(value).map(([key, item]) => [key, normalize(item)]);
  const present = entries.filter(([, item]) => item !== undefined);
  return present.length > 0 ? Object.fromEntries(present) : undefined;
}
