import { CoreV1Api, KubeConfig, VersionApi } from "@kubernetes/client-node";
import type { ClusterVersions } from "./least-versions";

/**
 * Asks a cluster for its versions. The client takes a second to load: only the stack that installs Istio does.
 * @param context of the user's kubeconfig
 */
export async function readClusterVersions(context: string): Promise<ClusterVersions> {
  const config = new KubeConfig();
  config.loadFromDefault();
  config.setCurrentContext(context);
  const [{ gitVersion }, { items }] = await Promise.all([
    config.makeApiClient(VersionApi).getCode(),
    config.makeApiClient(CoreV1Api).listNode(),
  ]);
  return {
    apiServer: gitVersion,
    kubelets: Object.fromEntries(
      items.map(({ metadata, status }) => [metadata?.name, status?.nodeInfo?.kubeletVersion]),
    ),
  };
}
