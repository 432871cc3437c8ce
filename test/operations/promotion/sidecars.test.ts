import type { V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";
import { sidecarProblems } from "../../../operations/promotion/sidecars";

const pod = (name: string, proxy?: object, isNative = true, labels = {}): V1Pod => {
  const proxies = proxy
    ? [{ name: "istio-proxy", ...(isNative && { restartPolicy: "Always" }), ...proxy }]
    : [];
  return {
    metadata: { name, labels },
    spec: {
      initContainers: isNative ? proxies : [],
      containers: [{ name: "app" }, ...(isNative ? [] : proxies)],
    },
    status: { phase: "Running" },
  };
};
const image = "docker.io/istio/proxyv2:1.31.4";

describe("Sidecars of a verified stack", () => {
  it("[R45] are native ones, of an Istio that serves what the platform asks for", () => {
    const sound = [
      pod("a", { image }),
      pod("b", { image: "registry:5000/istio/proxyv2@sha256:0" }),
      pod("c", { image: "docker.io/istio/proxyv2:1.22.0-distroless" }),
      pod("d", undefined, true, { "sidecar.istio.io/inject": "false" }),
    ];
    expect(sidecarProblems(sound)).to.deep.equal([]);
  });

  it("[R45] are refused where they are none, no native ones, or too old", () => {
    const pods = [
      pod("a"),
      pod("b", { image }, false),
      pod("c", { image: "docker.io/istio/proxyv2:1.21.6" }),
    ];
    expect(sidecarProblems([...pods, { ...pod("d"), status: { phase: "Succeeded" } }])).to.deep.equal([
      "1 of its pods run without a sidecar: bring Istio up, then restart them; one is a",
      "1 of its pods run with a sidecar that is no native one: set ENABLE_NATIVE_SIDECARS in istiod, as the stack istio does; one is b",
      "1 of its pods run with a sidecar older than Istio 1.22: upgrade Istio, then restart them; one is c",
    ]);
  });
});
