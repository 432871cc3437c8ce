import { isObject, type Properties, reveal, Secret } from "../protocol/index";

/** The properties of a Secret that hold secrets. */
const dataKeys = ["data", "stringData"] as const;

export function isSecretKind(object: Properties): boolean {
  return object.apiVersion === "v1" && object.kind === "Secret";
}

/** Marks all data of a Secret, however the program wrote it down. Other kinds stay as they are. */
export function markSecretData(object: Properties): Properties {
  if (!isSecretKind(object)) return object;
  const marked = { ...object };
  for (const key of dataKeys) {
    if (marked[key] !== undefined && marked[key] !== null) marked[key] = new Secret(reveal(marked[key]));
  }
  return marked;
}

/** Marks in `outputs` what is secret at the same place of `inputs`. */
export function markLike(outputs: unknown, inputs: unknown): unknown {
  if (outputs === undefined || outputs instanceof Secret) return outputs;
  if (inputs instanceof Secret) return new Secret(outputs);
  if (Array.isArray(inputs) && Array.isArray(outputs)) {
    if (!hasSecret(inputs)) return outputs;
    // The API server may have put items in between: which one is the secret's is then anyone's guess.
    if (inputs.length !== outputs.length) return new Secret(outputs);
    return outputs.map((item, index) => markLike(item, inputs[index]));
  }
  if (isObject(inputs) && isObject(outputs)) {
    const marked = { ...outputs };
    for (const [key, input] of Object.entries(inputs)) {
      if (key in marked) marked[key] = markLike(marked[key], input);
    }
    return marked;
  }
  return outputs;
}

function hasSecret(value: unknown): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isObject(value) && Object.values(value).some(hasSecret);
}
