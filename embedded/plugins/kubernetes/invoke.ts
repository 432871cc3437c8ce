import { parseAllDocuments } from "yaml";
import { isObject, type Properties } from "../protocol/index";

/**
 * The functions of the SDK that need no resource.
 * @throws for all but `yaml:decode`, which `yaml.ConfigFile` and `yaml.ConfigGroup` stand on
 */
export function invokeFunction(token: string, args: Properties): Properties {
  if (token !== "kubernetes:yaml:decode") throw new Error(`${token} needs the official kubernetes plugin`);
  const documents = parseAllDocuments(String(args.text ?? ""));
  for (const { errors } of Array.isArray(documents) ? documents : []) {
    if (errors[0]) throw new Error(`the YAML cannot be read: ${errors[0].message}`);
  }
  const objects = [...documents].map((document) => document.toJS() as unknown).filter(isObject);
  return {
    result: objects
      .flatMap((object) => itemsOf(object))
      .map((object) => withNamespace(object, args.defaultNamespace)),
  };
}

/** A `List` stands for its items. */
function itemsOf(object: Properties): Properties[] {
  const isList = String(object.kind).endsWith("List") && Array.isArray(object.items);
  return isList ? (object.items as unknown[]).filter(isObject) : [object];
}

function withNamespace(object: Properties, namespace: unknown): Properties {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  if (typeof namespace !== "string" || namespace === "" || metadata.namespace) return object;
  return { ...object, metadata: { ...metadata, namespace } };
}
