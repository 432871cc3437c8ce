import { expect } from "chai";
import { autoscaledReplicas } from "../../policy/autoscaling";
import { protectedVolumes } from "../../policy/volumes";
import { deployment, managed, namespace, stackMessages } from "./objects";

describe("Policy: autoscaled replicas", () => {
  const autoscaler = (name: string) =>
    managed({
      kind: "HorizontalPodAutoscaler",
      metadata: { namespace: "shop", name },
      spec: { scaleTargetRef: { kind: "Deployment", name } },
    });
  const fixed = deployment({});
  fixed.spec.replicas = 3;

  it("[O6] what an autoscaler scales may not set its replicas", () => {
    expect(stackMessages(autoscaledReplicas, autoscaler("web"), managed(fixed))).to.deep.equal([
      "Deployment shop/web: sets replicas to 3, and HorizontalPodAutoscaler shop/web scales it; " +
        "leave replicas out, or remove the autoscaler",
    ]);
  });

  it("other workloads may set them, and an autoscaled one without replicas breaks no rule", () => {
    expect(stackMessages(autoscaledReplicas, autoscaler("api"), managed(fixed))).to.deep.equal([]);
    expect(stackMessages(autoscaledReplicas, autoscaler("web"), managed(deployment({})))).to.deep.equal([]);
  });
});

describe("Policy: protected volumes", () => {
  const metadata = { namespace: "shop", name: "postgres" };
  const claim = { kind: "PersistentVolumeClaim", metadata };
  const store = { kind: "StatefulSet", metadata, spec: { volumeClaimTemplates: [{}] } };

  it("[O13] production's volumes, and what makes them, must be protected", () => {
    expect(stackMessages(protectedVolumes, managed(claim), managed(store))).to.deep.equal(
      ["PersistentVolumeClaim", "StatefulSet"].map(
        (kind) =>
          `${kind} shop/postgres: holds data in production and is not protected; ` +
          "give the resource the option protect: true",
      ),
    );
  });

  it("protected volumes break no rule, nor does a StatefulSet without volumes", () => {
    const stateless = { kind: "StatefulSet", metadata, spec: {} };
    const stack = [managed(claim, true), managed(store, true), managed(stateless)];
    expect(stackMessages(protectedVolumes, ...stack)).to.deep.equal([]);
  });

  it("development may lose its data", () => {
    expect(stackMessages(protectedVolumes, managed(namespace("development")), managed(claim))).to.be.empty;
  });
});
