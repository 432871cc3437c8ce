import { askPod } from "../../../operations/pod-request";
import { cluster, NAMESPACE } from "./cluster";

/** What a pod answers to GET, past its Service and its sidecar. */
const get = async (pod: string, port: number, path: string, namespace = NAMESPACE): Promise<any> =>
  JSON.parse((await askPod(cluster, { namespace, pod, port }, path)).body);

/** What the API of a stack's Prometheus answers; of the dev stack's, unless a namespace is named. */
export const ask = async (path: string, namespace?: string): Promise<any> =>
  (await get("prometheus-0", 9090, `/api/v1/${path}`, namespace)).data;

/** The samples that an expression returns now. */
export const samplesOf = async (
  expression: string,
  namespace?: string,
): Promise<{ metric: Record<string, string>; value: [number, string] }[]> =>
  (await ask(`query?query=${encodeURIComponent(expression)}`, namespace)).result;

/** An alert as Alertmanager has it. */
export interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  receivers: { name: string }[];
}

/** The alerts that Alertmanager holds. */
export const alerts = (): Promise<Alert[]> => get("alertmanager-0", 9093, "/api/v2/alerts");
