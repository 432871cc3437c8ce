import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import sdk from "@pulumi/kubernetes/package.json" with { type: "json" };
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { projectDir } from "../../stacks/stack-file";
import { TemporaryStack } from "../plugins/temporary-stack";
import { useApiServer } from "../support/api-server";
import { failureOf } from "../support/failure";

const pack = join(projectDir, "policy");

describe("Policy pack: a preview of the real CLI", function () {
  this.timeout(120_000);
  const server = useApiServer();
  let stack: TemporaryStack;

  before(async () => {
    stack = await TemporaryStack.create({ name: "kubernetes", version: sdk.version });
  });
  after(() => stack.remove());

  /** A claim and a pod, in a namespace of its own; not made by this platform's components. */
  const program =
    (tier: string, container: Partial<k8s.types.input.core.v1.Container>): PulumiFn =>
    async () => {
      const provider = new k8s.Provider("cluster", { kubeconfig: server.current.kubeconfig });
      const metadata = { name: "shop", labels: { "platform/tier": tier } };
      const namespace = new k8s.core.v1.Namespace("shop", { metadata }, { provider }).metadata.name;
      new k8s.core.v1.PersistentVolumeClaim(
        "data",
        {
          metadata: { namespace, name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
        { provider },
      );
      new k8s.core.v1.Pod(
        "web",
        {
          metadata: { namespace, name: "web" },
          spec: { containers: [{ ...lawful, ...container }], securityContext: { runAsNonRoot: true } },
        },
        { provider },
      );
    };

  it("fails and names every broken rule, for objects of any program", async () => {
    const { message } = await failureOf(
      stack.preview(program("production", { image: "web", livenessProbe: undefined }), [pack]),
    );
    expect(message)
      .to.contain('Pod shop/web, container web: image "web" has no tag; name a version')
      .and.contain("Pod shop/web, container web: has no livenessProbe; add one")
      .and.contain('Pod shop/web, container web: image "web" is not pinned in production')
      .and.contain("PersistentVolumeClaim shop/data: holds data in production and is not protected");
  });

  it("passes where the tier allows it and no rule is broken", async () => {
    expect(await stack.preview(program("development", {}), [pack])).to.deep.equal({ create: 5 });
  });
});

const resources = { cpu: "100m", memory: "64Mi", "ephemeral-storage": "64Mi" };

const lawful: k8s.types.input.core.v1.Container = {
  name: "web",
  image: "web:1.0",
  resources: { requests: resources, limits: resources },
  livenessProbe: { httpGet: { path: "/live", port: 80 } },
  readinessProbe: { httpGet: { path: "/ready", port: 80 } },
  securityContext: { allowPrivilegeEscalation: false },
};
