import { join, resolve } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "..", "..");

/**
 * What the compiler says of a file that is nowhere on the disk, with the project's own options.
 * @param path where the file would be, as its imports are relative to that
 */
export function typeErrors(path: string, text: string): string[] {
  const file = resolve(root, path);
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => resolve(name) === file || fileExists(name);
  host.readFile = (name) => (resolve(name) === file ? text : readFile(name));
  host.getSourceFile = (name, version, ...rest) =>
    resolve(name) === file
      ? ts.createSourceFile(name, text, version, true)
      : getSourceFile(name, version, ...rest);
  const program = ts.createProgram(
    [file],
    { ...options, noEmit: true, noUnusedLocals: false, types: [] },
    host,
  );
  const source = program.getSourceFile(file);
  return ts
    .getPreEmitDiagnostics(program, source)
    .map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
