import { writeFileSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Plan } from "../model/plan";
import { UserError } from "../model/user-error";
import { statusOf } from "./cluster/health";
import type { Report } from "./command";
import type { Deployment } from "./deployment";
import { loadWorkloads } from "./load-workloads";
import { clusterDir, kubeconfig } from "./paths";

/** Milliseconds for pods to come up after the machine or the cluster was started anew. */
const PATIENCE = 300_000;

/** Where this machine listens for the platform; its host name need not resolve. */
const LOOPBACK = "127.0.0.1";

/** The platform's way in, for people. */
export interface FrontDoor {
  url: string;
  /** A command line that reaches it. */
  curl: string;
}

/** What the program exports. */
interface Outputs {
  url?: string;
  /** PEM; what signs the platform's certificate when no public CA does. */
  certificate?: string;
}

/**
 * Waits until every workload of the stack is ready and its front door answers. Pulumi waits only for what it
 * changes.
 * @throws {Error} that says what is not ready, and why
 */
export function waitUntilHealthy({ outputs }: Deployment, plan: Plan, report: Report): Promise<string> {
  return waitUntilReady(plan.namespace, report, () => frontDoorProblem(outputs));
}

/**
 * Waits until every workload of a namespace is ready.
 * @param problemOf what is wrong beyond that; nothing if all is well
 * @throws {Error} that says what is not ready, and why
 */
export async function waitUntilReady(
  namespace: string,
  report: Report,
  problemOf: () => Promise<string | undefined> = async () => undefined,
): Promise<string> {
  const { listWorkloads } = await loadWorkloads();
  for (const deadline = Date.now() + PATIENCE; ; await sleep(1000)) {
    const workloads = await listWorkloads(kubeconfig, namespace);
    const waiting = workloads.filter(({ ready }) => !ready);
    const problem =
      waiting.length > 0
        ? waiting.map(({ kind, name, reason }) => `${kind} ${name}: ${reason}`).join("\n")
        : await problemOf();
    if (!problem) return `${workloads.length} workloads ready`;
    if (Date.now() > deadline) throw new Error(`not healthy after ${PATIENCE / 60_000} min\n${problem}`);
    report(problem.split("\n")[0] ?? problem);
  }
}

/** Writes down the certificate to trust and tells where the platform is. */
export function publish(stack: string, { outputs }: Deployment): FrontDoor | undefined {
  const { url, certificate } = outputs as Outputs;
  if (!url) return undefined;
  const { hostname, port } = new URL(url);
  const path = join(clusterDir, `front-door-${stack}.pem`);
  if (certificate) writeFileSync(path, certificate);
  const trust = certificate ? ` --cacert ${path}` : "";
  return { url, curl: `curl${trust} --resolve ${hostname}:${port || 443}:${LOOPBACK} ${url}/health` };
}

/**
 * The deployment with the certificate to trust where the team has brought its own: the CA's, or the Secret's as it is.
 * @throws {UserError} when no client can accept it
 */
export async function withOwnCertificate(deployment: Deployment, plan: Plan): Promise<Deployment> {
  const { url } = deployment.outputs as Outputs;
  if (!url || plan.certificate === "self-signed") return deployment;
  const { certificateProblem, readServerCertificate } = await import("../operations/server-certificate");
  const found = await readServerCertificate(kubeconfig, plan);
  if (!found) return deployment;
  const { secret } = plan.certificate;
  const problem = certificateProblem(found, new URL(url).hostname);
  if (problem) {
    throw new UserError(
      `the certificate in Secret ${plan.namespace}/${secret} ${problem}`,
      "put another one into it, or correct platform:host",
    );
  }
  const certificate = [found.ca, found.chain].filter(Boolean).join("\n");
  return { ...deployment, outputs: { ...deployment.outputs, certificate } };
}

/** Why the front door does not answer; nothing if it does. */
export async function frontDoorProblem(outputs: Outputs): Promise<string | undefined> {
  if (!outputs.url) return undefined;
  const { hostname, port, host } = new URL(outputs.url);
  const path = "/health";
  const place = `${outputs.url}${path}`;
  const request = https.get({
    host: LOOPBACK,
    port: port || 443,
    path,
    servername: hostname,
    headers: { host },
    ca: outputs.certificate,
    // The team's own may come without the CA that has signed it.
    allowPartialTrustChain: true,
    agent: false,
    timeout: 5000,
  });
  return statusOf(request).then(
    (status) => (status === 200 ? undefined : `${place} answers ${status}`),
    ({ message }) => `${place}: ${message}`,
  );
}
