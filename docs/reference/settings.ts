import { z } from "zod";
import { settingsSchema } from "../../model/settings";
import { istioSettingsSchema } from "../../model/settings/istio";
import { code, table } from "./markdown";

/** What JSON Schema says of a value, with what the schema's own `meta` adds. */
interface Node {
  type?: string;
  title?: string;
  description?: string;
  /** What happens without a value, where there is no default. */
  absent?: string;
  default?: unknown;
  examples?: unknown[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Node[];
  items?: Node;
  properties?: Record<string, Node>;
  required?: string[];
  additionalProperties?: Node | false;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  pattern?: string;
  minItems?: number;
}

/** One setting. */
export interface Setting {
  path: string;
  type: string;
  default: string;
  limits: string;
  example: string;
  description: string;
}

const HEAD = ["setting", "type", "default", "limits", "example", "what it is"];

/** The page of all settings. Pure. */
export function settingsPage(): string {
  return `# Settings

With this page you look up a setting: its type, its default, its limits and an example. \`npm run docs:reference\` writes it.

Each is a key \`platform:…\` of \`Pulumi.<stack>.yaml\`, and is set by
\`pulumi config set --path 'platform:postgres.storage' 20Gi\`. [Environments](environments.md) says which differ between
development and production.

## Of a platform

${tableOf(settingsOf(settingsSchema))}

## Of a stack that installs Istio

${tableOf(settingsOf(istioSettingsSchema))}
`;
}

const tableOf = (settings: readonly Setting[]) =>
  table(
    HEAD,
    settings.map((one) => [
      `\`${one.path}\``,
      one.type,
      one.default,
      one.limits,
      one.example,
      one.description,
    ]),
  );

/** Every setting of a schema, maps and lists before what is in them. Pure. */
export function settingsOf(schema: z.ZodType): Setting[] {
  return within("", z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Node);
}

function within(path: string, node: Node): Setting[] {
  const required = node.required ?? [];
  return [
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
      const at = path ? `${path}.${key}` : key;
      const rows = isGroup(child) && !child.description ? [] : [settingOf(at, child, required.includes(key))];
      return [...rows, ...within(at, child)];
    }),
    ...(node.additionalProperties ? within(`${path}.<name>`, node.additionalProperties) : []),
    ...(node.items ? within(`${path}[0]`, node.items) : []),
    ...(node.anyOf ?? []).flatMap((option) => within(path, option)),
  ];
}

const isGroup = ({ properties }: Node) => properties !== undefined;

function settingOf(path: string, node: Node, required: boolean): Setting {
  const isSet = node.default !== undefined && !isGroup(node);
  const otherwise = node.absent ?? (isSet ? code(node.default) : isGroup(node) ? "" : "none");
  return {
    path,
    type: typeOf(node),
    default: required && !isSet ? "required" : otherwise,
    limits: limitsOf(node),
    example: isGroup(node) ? "" : code(exampleOf(node)),
    description: node.description ?? "",
  };
}

function typeOf(node: Node): string {
  if (node.title) return node.title;
  if (node.anyOf) return [...new Set(node.anyOf.map(typeOf))].join(" or ");
  if (node.const !== undefined) return code(node.const);
  if (node.items) return `list of ${typeOf(node.items)}`;
  if (isGroup(node)) return "group";
  if (node.additionalProperties) return `map of ${typeOf(node.additionalProperties)}`;
  return node.type ?? "any";
}

/** Those of a type with a title are what its title says. */
function limitsOf({
  enum: options,
  minimum,
  exclusiveMinimum,
  maximum,
  minItems,
  pattern,
  title,
}: Node): string {
  if (options) return options.map(code).join(", ");
  const limits = [
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? [`from ${minimum}`] : []),
    ...(exclusiveMinimum !== undefined ? [`above ${exclusiveMinimum}`] : []),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? [`to ${maximum}`] : []),
    ...(minItems ? [`at least ${minItems}`] : []),
    ...(pattern && !title ? [code(pattern)] : []),
  ];
  return limits.join(" ");
}

function exampleOf(node: Node): unknown {
  const [example] = node.examples ?? [];
  if (example !== undefined) return example;
  if (node.enum) return node.enum.find((option) => option !== node.default);
  if (node.type === "boolean") return node.default !== true;
  const other = node.anyOf?.map(exampleOf).find((example) => example !== node.default);
  return other ?? node.default ?? node.const;
}
