import { expect } from "chai";
import { pathOf } from "../../embedded/cluster/control-plane/api";

describe("The embedded cluster's own objects", () => {
  it("are where the API server keeps their kind", () => {
    const path = (apiVersion: string, kind: string, namespace?: string) =>
      pathOf({ apiVersion, kind, metadata: { name: "one", ...(namespace && { namespace }) } });
    expect(path("v1", "Node")).to.equal("/api/v1/nodes/one");
    expect(path("v1", "Service", "kube-system")).to.equal("/api/v1/namespaces/kube-system/services/one");
    expect(path("storage.k8s.io/v1", "StorageClass")).to.equal("/apis/storage.k8s.io/v1/storageclasses/one");
    expect(path("rbac.authorization.k8s.io/v1", "RoleBinding", "kube-system")).to.equal(
      "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/rolebindings/one",
    );
  });
});
