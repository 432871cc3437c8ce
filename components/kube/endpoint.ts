/** Where clients of a workload connect. */
export interface Endpoint {
  /** DNS name inside the namespace. */
  host: string;
  port: number;
}
