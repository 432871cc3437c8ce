import { expect } from "chai";
import { istio } from "../../model/versions";
import { until } from "../support/until";
import { kubectl } from "./support/cluster";
import { root, shell, succeed } from "./support/stack";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** `kubectl -n istio-system get … -o json`. */
const inIstio = async (...args: string[]): Promise<any> =>
  JSON.parse(await succeed("kubectl", "-n", "istio-system", "get", ...args, "-o", "json"));

/** The resources of a stack, as Pulumi's state has them. */
async function resourcesOf(stack: string): Promise<any[]> {
  return JSON.parse(await succeed("pulumi", "stack", "export", "--stack", stack)).deployment.resources;
}

describe("The stack istio", function () {
  this.timeout(180_000);

  it("[C3] has its charts deployed by Helm, in the version that the program names", async () => {
    const releases = (await resourcesOf("istio")).filter(({ type }) => type === RELEASE);
    expect(
      releases.map(({ outputs: { status } }) => [status.name, status.chart, status.version, status.status]),
    ).to.have.deep.members([
      ["istio-base", "base", istio, "deployed"],
      ["istio-cni", "cni", istio, "deployed"],
      ["istio-istiod", "istiod", istio, "deployed"],
    ]);
    const { items } = await inIstio("secrets", "-l", "owner=helm,status=deployed");
    expect(items.map(({ metadata }: any) => metadata.labels.name)).to.have.members([
      "istio-base",
      "istio-cni",
      "istio-istiod",
    ]);
  });

  it("[C3] is what the program says: a preview has nothing to change", async () => {
    const previewed = await shell("make", "--no-print-directory", "-C", root, "preview", "STACK=istio");
    expect(previewed.exitCode, previewed.all).to.equal(0);
    expect(previewed.all).to.match(/\d+ unchanged/);
    expect(previewed.all).not.to.match(/to (create|update|replace|delete)/);
  });

  it("[C3] is what the cluster has: a refresh finds nothing", async () => {
    const refreshed = await succeed("pulumi", "refresh", "--stack", "istio", "--yes", "--skip-preview");
    expect(refreshed).to.match(/\d+ unchanged/);
    expect(refreshed).not.to.match(/\d+ (updated|deleted)/);
  });

  it("[C3] runs the control plane and the CNI plugin as pods, and they are ready", async () => {
    const [istiod, cni] = await Promise.all([
      inIstio("deployment", "istiod"),
      inIstio("daemonset", "istio-cni-node"),
    ]);
    expect(istiod.status.availableReplicas).to.equal(istiod.spec.replicas);
    expect(cni.status.numberAvailable).to.equal(cni.status.desiredNumberScheduled);
    const images = [istiod, cni].map(({ spec }) => spec.template.spec.containers[0].image);
    expect(images).to.deep.equal([`docker.io/istio/pilot:${istio}`, `docker.io/istio/install-cni:${istio}`]);
  });

  it("[R65] cannot be destroyed while it is in use", async () => {
    const destroyed = await shell("pulumi", "destroy", "--stack", "istio", "--yes", "--skip-preview");
    expect(destroyed.exitCode).not.to.equal(0);
    expect(destroyed.all).to.match(/protect/);
    expect((await inIstio("deployment", "istiod")).status.availableReplicas).to.be.above(0);
    expect((await resourcesOf("istio")).filter(({ type }) => type === RELEASE)).to.have.length(3);
  });

  it("[R65] is no part of a platform's stack", async () => {
    const types = (await resourcesOf("dev")).map(({ type }) => type);
    expect(types).to.include("kubernetes:networking.istio.io/v1:VirtualService");
    expect(types).not.to.include(RELEASE);
  });

  it("[R45] gives a new pod a native sidecar, and a Job's pod comes to its end beside it", async () => {
    const args = ["create", "job", "test-native-sidecar", "--image=docker.io/library/busybox:1.37.0"];
    const job = JSON.parse(await kubectl(...args, "--dry-run=client", "-o", "json", "--", "true"));
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "32Mi" } };
    const { spec } = job.spec.template;
    spec.securityContext = {
      runAsNonRoot: true,
      runAsUser: 65534,
      seccompProfile: { type: "RuntimeDefault" },
    };
    spec.containers = [{ ...spec.containers[0], securityContext, resources }];
    try {
      await succeed("sh", "-c", `kubectl -n malai apply -f - <<'JOB'\n${JSON.stringify(job)}\nJOB`);
      const find = async (): Promise<any> =>
        JSON.parse(await kubectl("get", "pods", "-l", "job-name=test-native-sidecar", "-o", "json")).items[0];
      const pod = await until("the pod has ended", 90, find, (pod) => pod?.status.phase === "Succeeded");
      const sidecar = pod.spec.initContainers.find(({ name }: any) => name === "istio-proxy");
      expect(sidecar).to.include({ restartPolicy: "Always", image: `docker.io/istio/proxyv2:${istio}` });
    } finally {
      await kubectl("delete", "job", "test-native-sidecar", "--ignore-not-found");
    }
  });
});
