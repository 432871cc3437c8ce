/** What a container is promised and may take, as Kubernetes writes amounts. */
export interface Resources {
  requests: { cpu: string; memory: string };
  limits: { cpu: string; memory: string };
}
