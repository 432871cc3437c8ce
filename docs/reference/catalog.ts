import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { code, table } from "./markdown";

/** Where the types of a catalog are. */
const SOURCES = [
  "catalog",
  "kinds",
  "pods",
  "container-resources",
  "autoscaler",
  "transforms",
  "probes",
  "routes",
];

/** The page of the catalog's types and helpers, out of their docstrings. */
export function catalogPage(): string {
  const statements = SOURCES.flatMap((name) => {
    const path = join(import.meta.dirname, `../../model/${name}.ts`);
    const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    return [...file.statements];
  });
  return `# The catalog

With this page you look up what a catalog may say: each property, its type and its default, and the helpers that write them.
\`npm run docs:reference\` writes it. [Services](services.md) shows how a catalog is written.

${statements.flatMap(sectionOf).join("\n\n")}
`;
}

function sectionOf(statement: ts.Statement): string[] {
  // What an exported type is made of, too.
  if (ts.isInterfaceDeclaration(statement)) return [interfaceOf(statement)];
  if (!isExported(statement)) return [];
  if (ts.isTypeAliasDeclaration(statement)) return [typeOf(statement)];
  if (ts.isVariableStatement(statement)) return [helperOf(statement)];
  return [];
}

const isExported = (node: ts.Statement) =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

function interfaceOf(node: ts.InterfaceDeclaration): string {
  const rows = node.members.filter(ts.isPropertySignature).map((member) => {
    const { text, tags } = documentOf(member);
    const otherwise = tags.get("default") ?? (member.questionToken ? "none" : "required");
    return [code(member.name.getText()), code(member.type?.getText()), otherwise, text];
  });
  const bases = node.heritageClauses?.flatMap(({ types }) => types.map((type) => type.getText())) ?? [];
  return [
    `## ${node.name.text}`,
    documentOf(node).text,
    ...(bases.length > 0 ? [`It has all of ${bases.map(linkTo).join(" and ")} as well.`] : []),
    ...(rows.length > 0 ? [table(["property", "type", "default", "what it is"], rows)] : []),
  ].join("\n\n");
}

const linkTo = (type: string) => `[${type}](#${type.replace(/\W.*/, "").toLowerCase()})`;

const typeOf = (node: ts.TypeAliasDeclaration) =>
  `## ${node.name.text}\n\n${documentOf(node).text}\n\n\`\`\`ts\n${node.getText().replace(/^export /, "")}\n\`\`\``;

/** A function that writes a part of a catalog, or a value that stands in one. */
function helperOf(statement: ts.VariableStatement): string {
  const [declaration] = statement.declarationList.declarations;
  if (!declaration) throw new Error(`${statement.getText()} declares nothing`);
  const { text, tags } = documentOf(statement);
  const { initializer } = declaration;
  const signature =
    initializer && ts.isArrowFunction(initializer)
      ? `(${initializer.parameters.map((parameter) => parameter.getText()).join(", ")})`
      : "";
  const parameters = [...tags]
    .filter(([name]) => name.startsWith("@") && tags.get(name))
    .map(([name, said]) => `- ${code(name.slice(1))}: ${said}`);
  return [
    `## ${declaration.name.getText()}`,
    code(declaration.name.getText() + signature),
    text,
    ...(parameters.length > 0 ? [parameters.join("\n")] : []),
  ].join("\n\n");
}

/** The docstring of a declaration, and its tags; those of parameters have an @ before their name. */
function documentOf(node: ts.Node): { text: string; tags: ReadonlyMap<string, string> } {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const [comment] = comments.slice(-1);
  const tags = new Map(
    (comment?.tags ?? []).map((tag) => [
      ts.isJSDocParameterTag(tag) ? `@${tag.name.getText()}` : tag.tagName.text,
      flat(tag.comment),
    ]),
  );
  return { text: flat(comment?.comment), tags };
}

/** Links name other parts of the same page. */
function flat(comment: ts.JSDoc["comment"]): string {
  const text = ts.getTextOfJSDocComment(comment) ?? "";
  return text
    .replace(/\{@link (\w+)\}/g, (_, name: string) => `[${name}](#${name.toLowerCase()})`)
    .replace(/\s*\n\s*/g, " ");
}
