import Module from "node:module";
import "tsx/esm";

/*
 * What Node loads before Pulumi's SDK (Pulumi.yaml, `nodeargs`): TypeScript for the program, and this.
 *
 * The SDK (3.246) loads a compiler and a package manager, 12 MB in 450 files, for those who make resources out of
 * functions. This program does not, so they are loaded once something of them is asked for: half a second of each preview.
 */
const SELDOM_USED = ["typescript", "@npmcli/arborist"];

const load = Module._load;
Module._load = (request, ...rest) =>
  SELDOM_USED.includes(request) ? whenAsked(() => load(request, ...rest)) : load(request, ...rest);

function whenAsked(module) {
  return new Proxy(
    {},
    // With `__esModule` the SDK takes it as it is; else it would copy all that is in it.
    { get: (_, key) => key === "__esModule" || Reflect.get(module(), key) },
  );
}
