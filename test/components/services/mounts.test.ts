import { expect } from "chai";
import { type Catalog, persistent, type ServiceEntry, scratch } from "../../../model/catalog";
import { makePlan } from "../../../model/make-plan";
import type { PodEntry } from "../../../model/pods";
import { quantity } from "../../../model/quantity";
import { quotaOf } from "../../../model/quota";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, renderPlan, settingsOf } from "../../support/render";

const planOf = (
  entry: Partial<PodEntry> & Pick<ServiceEntry, "containers">,
  changes: Record<string, unknown> = {},
) => {
  const catalog: Catalog = { ...(malai as Catalog), services: { web: { port: 3001, ...entry } } };
  return makePlan(catalog, settingsOf("prod", { services: {}, ...changes }, catalog));
};
const spec = (resources: Rendered[]) => objectOf(resources, "Deployment", "web").spec;

describe("A service with volumes, files and containers of its own", () => {
  const plan = planOf({
    volumes: { "/var/cache/web": scratch("1Gi"), "/data": persistent("5Gi") },
    files: { "/etc/web/config.yaml": "greeting: hello\n" },
    containers: {
      proxy: { image: "docker.io/acme/proxy:1.2.3", args: ["--quiet"], environment: { TO: "web" } },
    },
  });
  let resources: Rendered[];
  before(async () => {
    resources = await renderPlan(plan);
  });
  const pod = () => spec(resources).template.spec;

  it("[N7] writes to a scratch folder of the size that it asks for, which its share of the node's disk allows", () => {
    expect(pod().volumes).to.deep.include({ name: "volume-var-cache-web", emptyDir: { sizeLimit: "1Gi" } });
    expect(pod().containers[0].volumeMounts).to.deep.include({
      name: "volume-var-cache-web",
      mountPath: "/var/cache/web",
    });
    expect(pod().containers[0].resources.limits["ephemeral-storage"]).to.equal("1280Mi");
  });

  it("[N7] keeps what is in a persistent folder in a protected claim, which outlives its pods", () => {
    expect(pod().volumes).to.deep.include({
      name: "volume-data",
      persistentVolumeClaim: { claimName: "web-data" },
    });
    expect(objectOf(resources, "PersistentVolumeClaim", "web-data").spec.resources).to.deep.equal({
      requests: { storage: "5Gi" },
    });
    const claim = resources.find(({ inputs }) => inputs.metadata?.name === "web-data");
    expect(claim?.options).to.include({ protect: true, retainOnDelete: true });
  });

  it("[N7] with a persistent folder has one pod, which ends before the next one starts, and no autoscaler", () => {
    expect(spec(resources)).to.deep.include({ replicas: 1, strategy: { type: "Recreate" } });
    expect(resources.filter(({ inputs }) => inputs.kind === "HorizontalPodAutoscaler")).to.deep.equal([]);
  });

  it("[N7] gets the size of a persistent folder from its environment", async () => {
    const bigger = await renderPlan(
      planOf(
        { volumes: { "/data": persistent("5Gi") } },
        { services: { web: { volumes: { "/data": "50Gi" } } } },
      ),
    );
    expect(objectOf(bigger, "PersistentVolumeClaim", "web-data").spec.resources.requests.storage).to.equal(
      "50Gi",
    );
  });

  it("[N7] reads each file at its path, and no pod of it may change one", () => {
    expect(objectOf(resources, "ConfigMap", "web-files").data).to.deep.equal({
      "etc..web..config.yaml": "greeting: hello\n",
    });
    expect(pod().volumes).to.deep.include({ name: "files", configMap: { name: "web-files" } });
    expect(pod().containers[0].volumeMounts).to.deep.include({
      name: "files",
      mountPath: "/etc/web/config.yaml",
      subPath: "etc..web..config.yaml",
      readOnly: true,
    });
  });

  it("[N7] rolls when a file changes, and when nothing does stays", async () => {
    const checksum = async (text: string) => {
      const { template } = spec(await renderPlan(planOf({ files: { "/etc/web.conf": text } })));
      return template.metadata.annotations["platform/files"];
    };
    const one = await checksum("one");
    expect(one).to.match(/^[0-9a-f]{16}$/);
    expect(await checksum("two")).to.not.equal(one);
    expect(await checksum("one")).to.equal(one);
  });

  it("[N7] has a container beside its own, under the same rules, with the same folders and a /tmp of its own", () => {
    const [{ securityContext }, extra] = pod().containers;
    expect(extra).to.deep.equal({
      name: "proxy",
      image: "docker.io/acme/proxy:1.2.3",
      imagePullPolicy: "IfNotPresent",
      args: ["--quiet"],
      env: [{ name: "TO", value: "web" }],
      resources: {
        requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" },
        limits: { cpu: "250m", memory: "128Mi", "ephemeral-storage": "256Mi" },
      },
      lifecycle: { preStop: { sleep: { seconds: 10 } } },
      securityContext,
      volumeMounts: [
        { name: "volume-var-cache-web", mountPath: "/var/cache/web" },
        { name: "volume-data", mountPath: "/data" },
        {
          name: "files",
          mountPath: "/etc/web/config.yaml",
          subPath: "etc..web..config.yaml",
          readOnly: true,
        },
        { name: "scratch", mountPath: "/tmp", subPath: "tmp-proxy" },
      ],
    });
  });

  it("[N7] finds room in the namespace's quota for its claims and containers", () => {
    const without = quotaOf(planOf({}, { services: { web: { replicas: { min: 1, max: 1 } } } }));
    const quota = quotaOf(plan);
    expect([without.persistentvolumeclaims, quota.persistentvolumeclaims]).to.deep.equal(["4", "6"]);
    // 128Mi for each of three pods, and a tenth of head-room.
    const more = quantity(quota["limits.memory"] ?? "") - quantity(without["limits.memory"] ?? "");
    expect(more / 2 ** 20).to.equal(422);
  });
});
