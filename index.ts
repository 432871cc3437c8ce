import { installsIstio } from "./model/settings/istio";
import { readValues } from "./programs/config";
import { endWithEngine } from "./programs/engine";

endWithEngine();

/** A stack is a platform, or the Istio of a cluster's platforms. Each loads only what it needs. */
const values = readValues();
export default installsIstio(values)
  ? await (await import("./programs/istio")).istio(values)
  : await (await import("./programs/platform")).platform(values);
