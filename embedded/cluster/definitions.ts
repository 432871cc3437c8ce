import { istio } from "../../components/versions";
import { istioDefinitions } from "../toolchain/istio-crds";
import type { Api, KubernetesObject } from "./api";
import { until } from "./processes";

/** On each definition: the release that it is of. */
const RELEASE = "microservice-platform.local/istio-api";

const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const TIMEOUT = 30_000;

/** A CustomResourceDefinition as the API server shows it. */
export interface Found {
  metadata: { name: string; annotations?: Record<string, string> };
  status?: { conditions?: { type: string; status: string }[] };
}

/** Makes the kinds of Istio's objects known to the API server. Ends when it serves them; a mesh is something else. */
export async function applyDefinitions(api: Api): Promise<void> {
  const definitions = istioDefinitions();
  const outdated = missing(definitions, await list());
  if (outdated.length === 0) return;
  await Promise.all(
    outdated.map(({ metadata, ...rest }) =>
      api.apply(`${path}/${metadata.name}`, {
        ...rest,
        metadata: { ...metadata, annotations: { ...(metadata.annotations as object), [RELEASE]: istio } },
      } as KubernetesObject),
    ),
  );
  if (await until(async () => missing(definitions, await list()).length === 0, TIMEOUT)) return;
  const names = missing(definitions, await list()).map(({ metadata }) => metadata.name);
  throw new Error(`the API server does not serve ${names.join(", ")} after ${TIMEOUT / 1000} s`);

  async function list() {
    return (await api.get<{ items: Found[] }>(path)).items;
  }
}

/** Those that the cluster lacks, has of another release, or does not serve yet. */
export function missing<T extends KubernetesObject>(wanted: T[], found: Found[]): T[] {
  const served = new Set(
    found
      .filter(({ metadata }) => metadata.annotations?.[RELEASE] === istio)
      .filter(({ status }) =>
        status?.conditions?.some(({ type, status }) => type === "Established" && status === "True"),
      )
      .map(({ metadata }) => metadata.name),
  );
  return wanted.filter(({ metadata }) => !served.has(metadata.name));
}
