import { askPod } from "../../../operations/pod-request";
import { cluster, NAMESPACE } from "./cluster";

/** What a pod of the dev stack answers to GET, past its Service and its sidecar. */
const get = async (pod: string, port: number, path: string): Promise<any> =>
  JSON.parse((await askPod(cluster, { namespace: NAMESPACE, pod, port }, path)).body);

/** What Prometheus' API answers. */
export const ask = async (path: string): Promise<any> =>
  (await get("prometheus-0", 9090, `/api/v1/${path}`)).data;

/** The samples that an expression returns now. */
export const samplesOf = async (
  expression: string,
): Promise<{ metric: Record<string, string>; value: [number, string] }[]> =>
  (await ask(`query?query=${encodeURIComponent(expression)}`)).result;

/** An alert as Alertmanager has it. */
export interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  receivers: { name: string }[];
}

/** The alerts that Alertmanager holds. */
export const alerts = (): Promise<Alert[]> => get("alertmanager-0", 9093, "/api/v2/alerts");
