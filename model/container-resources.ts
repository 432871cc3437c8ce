/** What a container is promised and may take, as Kubernetes writes amounts. */
export interface Resources {
  /** What a node has to have free for it. */
  requests: { cpu: string; memory: string };
  /** The cpu that it may use at most, and the memory at which it is killed. */
  limits: { cpu: string; memory: string };
}
