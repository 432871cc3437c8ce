import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles the service and all it depends on into one CommonJS file that Node 20 or later runs alone. */
export async function bundleService(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("src/main.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    // Most dependencies are CommonJS and use `require` and `__dirname`, which an ES module lacks.
    format: "cjs",
    // An optional native driver that pg looks for and lives without.
    external: ["pg-native"],
    // An idle process is 5 MB smaller; the kept names are for stack traces and the error types in logs.
    minify: true,
    keepNames: true,
    legalComments: "eof",
    logLevel: "warning",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outfile = process.argv[2];
  if (!outfile) {
    console.error("usage: tsx services/reference/build.ts <outfile.cjs>");
    process.exit(2);
  }
  await bundleService(outfile);
}
