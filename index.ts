import { installsIstio } from "./model/settings/istio";
import { readValues } from "./programs/config";
import { endWithEngine, withoutSdkDebugging } from "./programs/engine";
import { previousOutputs } from "./programs/previous-outputs";

endWithEngine();
withoutSdkDebugging();

/** A stack is a platform, or the Istio of a cluster's platforms. Each loads only what it needs. */
const values = readValues();
export default installsIstio(values) ? await runIstio() : await runPlatform();

async function runIstio() {
  const { istio } = await import("./programs/istio");
  return istio(values);
}

async function runPlatform() {
  // Asked for first: the engine takes a second to decrypt the state, and the program as long to load.
  const before = previousOutputs();
  const { platform } = await import("./programs/platform");
  return platform(values, before);
}
