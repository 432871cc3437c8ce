import type * as k8s from "@pulumi/kubernetes";

/** A user and group that a container runs as. */
export interface User {
  uid: number;
  gid: number;
}

/** Pod level of the `restricted` Pod Security Standard; volumes belong to the user. */
export const podSecurity = ({ uid, gid }: User): k8s.types.input.core.v1.PodSecurityContext => ({
  runAsNonRoot: true,
  runAsUser: uid,
  runAsGroup: gid,
  fsGroup: gid,
  // Without it the kubelet walks the whole volume at each start.
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
});

/** Container level of the `restricted` Pod Security Standard, and a read-only root file system. */
export const containerSecurity = (): k8s.types.input.core.v1.SecurityContext => ({
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
});
