import { readValues } from "./components/config";
import { endWithEngine } from "./components/engine";
import { installsIstio } from "./components/settings/istio";

endWithEngine();

/** A stack is a platform, or the Istio of a cluster's platforms. Each loads only what it needs. */
const values = readValues();
export default installsIstio(values)
  ? await (await import("./programs/istio")).istio(values)
  : await (await import("./programs/platform")).platform(values);
