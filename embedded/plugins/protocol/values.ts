import structs from "google-protobuf/google/protobuf/struct_pb.js";

const { ListValue, NullValue, Struct, Value } = structs;

/** Properties of a resource in plain JavaScript; secrets are {@link Secret}s, unknown values are {@link UNKNOWN}. */
export type Properties = Record<string, unknown>;

/** A value that the engine encrypts in the state and never prints. */
export class Secret {
  constructor(readonly value: unknown) {}

  /** So that a secret that reaches a log or a message by mistake stays one. */
  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }
}

/** Stands in a preview for what only the update will tell. Nothing else is equal to it. */
export const UNKNOWN = Symbol("unknown");

/** The key that marks an object as something other than a plain one, and the marks that concern a provider. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** Wire forms of an unknown: string, bool, number, array, object, asset and archive. Pulumi fixed these ids. */
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWNS: ReadonlySet<string> = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
]);

/** Reads a struct off the wire; an absent one is empty. */
export function fromStruct(struct: structs.Struct | undefined): Properties {
  const properties: Properties = {};
  for (const [key, value] of struct?.getFieldsMap().entries() ?? []) properties[key] = fromValue(value);
  return properties;
}

/** Writes a struct. Keys whose value is `undefined` are left out. */
export function toStruct(properties: Properties): structs.Struct {
  const struct = new Struct();
  const fields = struct.getFieldsMap();
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) fields.set(key, toValue(value));
  }
  return struct;
}

function fromValue(value: structs.Value): unknown {
  switch (value.getKindCase()) {
    case Value.KindCase.BOOL_VALUE:
      return value.getBoolValue();
    case Value.KindCase.NUMBER_VALUE:
      return value.getNumberValue();
    case Value.KindCase.STRING_VALUE:
      return UNKNOWNS.has(value.getStringValue()) ? UNKNOWN : value.getStringValue();
    case Value.KindCase.LIST_VALUE:
      return (value.getListValue()?.getValuesList() ?? []).map(fromValue);
    case Value.KindCase.STRUCT_VALUE:
      return fromMarked(fromStruct(value.getStructValue()));
    default:
      return null;
  }
}

/** Resource references become the id, which is what a provider can use; other marks (assets) stay objects. */
function fromMarked(object: Properties): unknown {
  if (object[SIGNATURE] === SECRET) return new Secret(object.value);
  if (object[SIGNATURE] === RESOURCE) return object.id || object.urn;
  return object;
}

function toValue(value: unknown): structs.Value {
  const result = new Value();
  if (value === null || value === undefined) result.setNullValue(NullValue.NULL_VALUE);
  else if (value === UNKNOWN) result.setStringValue(UNKNOWN_STRING);
  else if (typeof value === "boolean") result.setBoolValue(value);
  else if (typeof value === "number") result.setNumberValue(value);
  else if (typeof value === "string") result.setStringValue(value);
  else if (Array.isArray(value)) result.setListValue(new ListValue().setValuesList(value.map(toValue)));
  else if (value instanceof Secret) {
    result.setStructValue(toStruct({ [SIGNATURE]: SECRET, value: value.value ?? null }));
  } else if (value instanceof Date) result.setStringValue(value.toISOString());
  else if (typeof value === "object") result.setStructValue(toStruct(value as Properties));
  else throw new TypeError(`a property cannot be a ${typeof value}`);
  return result;
}

/** A copy without any {@link Secret} around its values. Unknowns stay. */
export function reveal<T = unknown>(value: unknown): T {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map((item) => reveal(item)) as T;
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)])) as T;
  }
  return value as T;
}

/** Whether there is an {@link UNKNOWN} anywhere in it, inside secrets too. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** A plain object: neither an array, a {@link Secret} nor a Date. */
export function isObject(value: unknown): value is Properties {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Date)
  );
}
