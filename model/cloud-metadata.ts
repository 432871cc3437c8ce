/**
 * Where clouds tell a pod who it is, and give it the tokens of its identity: the metadata server of all of them, what GKE's
 * network policies have to allow for it (its documentation, "Workload Identity Federation"), and EKS' Pod Identity agent.
 */
export const CLOUD_METADATA: readonly { address: string; ports: readonly number[] }[] = [
  { address: "169.254.169.254", ports: [80] },
  { address: "169.254.169.252", ports: [987, 988] },
  { address: "169.254.170.23", ports: [80] },
];
