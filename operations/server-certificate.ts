import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { ApiException, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { certificateSecret, type Plan } from "../model/plan";

/** What is in the Secret of the front door's certificate; all of it is public. */
export interface ServerCertificate {
  /** PEM: the server's own first, then those that signed it, as far as they are there. */
  chain: string;
  /** PEM of the CA, where the Secret has one, as those of cert-manager do. */
  ca?: string;
}

type Of = Pick<Plan, "namespace" | "certificate">;

/**
 * The certificate that the team has put into the cluster; nothing where the platform makes its own, and where there is
 * none yet, which the pods that wait for it tell.
 * @param kubeconfig as it is, or path of its file
 */
export async function readServerCertificate(
  kubeconfig: string | KubeConfig,
  { namespace, certificate }: Of,
): Promise<ServerCertificate | undefined> {
  if (certificate === "self-signed") return undefined;
  const config = typeof kubeconfig === "string" ? new KubeConfig() : kubeconfig;
  if (typeof kubeconfig === "string") config.loadFromFile(kubeconfig);
  const name = certificateSecret({ certificate });
  try {
    const { data = {} } = await config.makeApiClient(CoreV1Api).readNamespacedSecret({ namespace, name });
    const [chain, ca] = ["tls.crt", "ca.crt"].map((key) => Buffer.from(data[key] ?? "", "base64").toString());
    return chain ? { chain, ...(ca && { ca }) } : undefined;
  } catch (error) {
    // A reader without the right to read Secrets does without it.
    if (error instanceof ApiException && [403, 404].includes(error.code)) return undefined;
    throw error;
  }
}

/** The public CAs and that of the Secret, PEM; nothing where it has none, and the public ones are all there are. */
export async function trustedCAsOf(cluster: KubeConfig, plan: Of): Promise<string[] | undefined> {
  const { ca } = (await readServerCertificate(cluster, plan)) ?? {};
  return ca ? [...rootCertificates, ca] : undefined;
}

/** Why no client can accept it for a host, however long it tries; nothing if one can. Pure. */
export function certificateProblem(
  { chain }: ServerCertificate,
  host: string,
  now = new Date(),
): string | undefined {
  try {
    const certificate = new X509Certificate(chain);
    if (!certificate.checkHost(host)) {
      return `is for ${certificate.subjectAltName ?? certificate.subject}, not for ${host}`;
    }
    if (now > new Date(certificate.validTo)) return `has expired: it was valid until ${certificate.validTo}`;
    if (now < new Date(certificate.validFrom)) return `is only valid from ${certificate.validFrom}`;
    return undefined;
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
}
