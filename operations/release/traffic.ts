import {
  CustomObjectsApi,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1ObjectMeta,
} from "@kubernetes/client-node";
import { frontDoorInsideOf, frontDoorOf, virtualServiceOf } from "../../components/mesh/virtual-services";
import { listens, type Plan } from "../../model/plan";

const GROUP = { group: "networking.istio.io", version: "v1", plural: "virtualservices" };

/** A VirtualService as the API server shows it. */
interface Found {
  apiVersion: string;
  kind: string;
  metadata: V1ObjectMeta;
  spec: object;
}

/**
 * Sends all requests of a service to the version in use, at once and past Pulumi: a moment instead of the time that an
 * update takes. It is what the stack says without the release, in the name of the manager of the object, so that the
 * update which follows finds its own.
 * @param plan with the release in it or not
 * @returns the routes that were changed
 */
export async function sendBack(cluster: KubeConfig, plan: Plan, service: string): Promise<string[]> {
  const objects = cluster.makeApiClient(CustomObjectsApi);
  const { namespace } = plan;
  const alone = withoutRelease(plan, service);
  const own = alone.services.filter(listens).filter(({ name }) => name === service);
  const routes = [
    ...own.map((one) => virtualServiceOf(one, alone)),
    ...(own.some(({ routes }) => routes.length > 0) ? waysInOf(alone) : []),
  ];
  await Promise.all(
    routes.map(async ({ name, spec }) => {
      const found: Found = await objects.getNamespacedCustomObject({ ...GROUP, namespace, name });
      const { apiVersion, kind, metadata } = found;
      const { labels, annotations, managedFields = [] } = metadata;
      const manager = managedFields.find(({ fieldsV1 }) => fieldsV1 && "f:spec" in fieldsV1)?.manager;
      await objects.patchNamespacedCustomObject(
        {
          ...GROUP,
          namespace,
          name,
          fieldManager: manager ?? "ops-release",
          force: true,
          body: { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec },
        },
        setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
      );
    }),
  );
  return routes.map(({ name }) => `VirtualService ${name}`);
}

/** The gateway is not there where the settings do not ask for it. */
const waysInOf = (plan: Plan) => [...(plan.mesh.gateway ? [frontDoorOf(plan)] : []), frontDoorInsideOf(plan)];

function withoutRelease(plan: Plan, service: string): Plan {
  const services = plan.services.map((one) => {
    if (one.name !== service) return one;
    const { release: _, ...rest } = one;
    return rest;
  });
  return { ...plan, services };
}
