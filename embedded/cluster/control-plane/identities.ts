import { join } from "node:path";
import { nodeName, pkiDir } from "../layout";
import { apiServiceAddress, clusterDomain, nodeAddress } from "../network/addresses";

/**
 * Who signs whom. etcd and the front proxy have certificate authorities (CAs) of their own: a client certificate of
 * the cluster must neither open the database nor pass for the API server's proxy.
 */
export type CaName = "cluster" | "etcd" | "front-proxy";
export const caNames: CaName[] = ["cluster", "etcd", "front-proxy"];

/** One certificate: for a client when it has no hosts, for a server otherwise. */
export interface Identity {
  signedBy: CaName;
  commonName: string;
  organization?: string;
  /** Names and addresses of the server. */
  hosts?: string[];
}

/** Every certificate by the name of its files. Names and organizations are those RBAC knows. */
export const identities = {
  "kube-apiserver": {
    signedBy: "cluster",
    commonName: "kube-apiserver",
    hosts: [
      nodeAddress,
      apiServiceAddress,
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      `kubernetes.default.svc.${clusterDomain}`,
    ],
  },
  "kubelet-server": { signedBy: "cluster", commonName: nodeName, hosts: [nodeAddress, nodeName] },
  "metrics-server": {
    signedBy: "cluster",
    commonName: "metrics-server",
    hosts: ["metrics-server.kube-system.svc"],
  },
  "etcd-server": { signedBy: "etcd", commonName: "etcd", hosts: ["127.0.0.1"] },
  "etcd-client": { signedBy: "etcd", commonName: "kube-apiserver" },
  "front-proxy-client": { signedBy: "front-proxy", commonName: "front-proxy-client" },
  "apiserver-kubelet-client": {
    signedBy: "cluster",
    commonName: "kube-apiserver-kubelet-client",
    organization: "system:masters",
  },
  admin: { signedBy: "cluster", commonName: "admin", organization: "system:masters" },
  "controller-manager": { signedBy: "cluster", commonName: "system:kube-controller-manager" },
  scheduler: { signedBy: "cluster", commonName: "system:kube-scheduler" },
  kubelet: { signedBy: "cluster", commonName: `system:node:${nodeName}`, organization: "system:nodes" },
  "kube-proxy": { signedBy: "cluster", commonName: "system:kube-proxy" },
  coredns: { signedBy: "cluster", commonName: "system:coredns" },
  "metrics-client": { signedBy: "cluster", commonName: "system:metrics-server" },
  kwok: { signedBy: "cluster", commonName: "system:kwok" },
  volumes: { signedBy: "cluster", commonName: "system:volume-provisioner" },
  "network-policies": { signedBy: "cluster", commonName: "system:network-policies" },
} as const satisfies Record<string, Identity>;

export type IdentityName = keyof typeof identities;

/** A certificate and its key. */
export type PairName = IdentityName | `${CaName}-ca`;

/** Path of a certificate, of an identity or of a CA (`cluster-ca`). */
export const certificate = (name: PairName) => join(pkiDir, `${name}.crt`);
/** Path of the private key that goes with {@link certificate}. */
export const privateKey = (name: PairName) => join(pkiDir, `${name}.key`);
/** Paths of the key pair that signs service account tokens. */
export const serviceAccountKey = {
  private: join(pkiDir, "service-account.key"),
  public: join(pkiDir, "service-account.pub"),
};
