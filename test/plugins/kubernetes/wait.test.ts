import { expect } from "chai";
import { at, countAt, title } from "../../../embedded/plugins/kubernetes/object";
import { PartialFailure, reveal } from "../../../embedded/plugins/protocol/index";
import { eventually } from "./api-server";
import { type Behaviour, crashing, healthy, kubelet, unschedulable, withoutImage } from "./kubelet";
import { configMap, deployment, service } from "./objects";
import { failureOf, Resource, useApiServer } from "./provider-under-test";

describe("kubernetes plugin: waiting on a real API server", function () {
  this.timeout(60_000);
  const server = useApiServer();
  const on = (type: string, name = "it") => Resource.of(server.current, type, name);
  const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
  const kubelets: { stop(): Promise<void> }[] = [];

  afterEach(async () => {
    await Promise.all(kubelets.splice(0).map((one) => one.stop()));
  });

  async function namespaceWith(name: string, behaviour: Behaviour): Promise<string> {
    const namespace = await server.current.namespace(name);
    kubelets.push(kubelet(server.current, namespace, behaviour));
    return namespace;
  }

  it("waits until a Deployment's pods are ready, and says how many are", async () => {
    const resource = await on(DEPLOYMENT);
    const outputs = await resource.create(deployment(await namespaceWith("ready", healthy), "api"));
    expect(countAt(outputs, "status", "availableReplicas")).to.equal(2);
    expect(resource.told.statuses.join("\n")).to.match(/\d of 2 pods/);
  });

  it("waits for the new pods of an update, not for those that are there already", async () => {
    const resource = await on(DEPLOYMENT);
    const namespace = await namespaceWith("rollout", healthy);
    await resource.create(deployment(namespace, "api"));
    const updated = await resource.update(deployment(namespace, "api", {}, { image: "nginx:2" }));
    expect([
      countAt(updated, "status", "updatedReplicas"),
      countAt(updated, "status", "replicas"),
    ]).to.deep.equal([2, 2]);
    expect(at(updated, "status", "observedGeneration")).to.equal(at(updated, "metadata", "generation"));
  });

  it("waits for StatefulSets, DaemonSets and Pods", async () => {
    const namespace = await namespaceWith("workloads", healthy);
    const { spec } = deployment(namespace, "db") as { spec: object };
    const set = await (await on("kubernetes:apps/v1:StatefulSet")).create({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { namespace, name: "db" },
      spec: { ...spec, serviceName: "db" },
    });
    expect(countAt(set, "status", "availableReplicas")).to.equal(2);
    const { replicas: _, ...daemon } = spec as { replicas: number };
    const onNodes = await (await on("kubernetes:apps/v1:DaemonSet")).create({
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { namespace, name: "d" },
      spec: daemon,
    });
    expect(at(onNodes, "status", "observedGeneration")).to.equal(1);
    const pod = await (await on("kubernetes:core/v1:Pod")).create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace, name: "p" },
      spec: { containers: [{ name: "main", image: "busybox" }] },
    });
    expect(at(pod, "status", "phase")).to.equal("Running");
  });

  const failures: [title: string, namespace: string, behaviour: Behaviour, reason: RegExp][] = [
    [
      "an image that cannot be pulled",
      "no-image",
      withoutImage,
      /container main of pod api-\S+: ImagePullBackOff nginx:1: Back-off/,
    ],
    [
      "a crash",
      "crash",
      crashing,
      /container main of pod api-\S+ crashed \(Error, exit code 1; 2 restarts\)/,
    ],
    [
      "a pod that fits nowhere",
      "no-room",
      unschedulable,
      /pod api-\S+ cannot be scheduled: 0\/1 nodes are available: Insufficient cpu/,
    ],
  ];
  for (const [what, namespace, behaviour, reason] of failures) {
    it(`says why a wait was in vain: ${what}`, async () => {
      const resource = await on(DEPLOYMENT);
      const failure = await failureOf(
        resource.create(deployment(await namespaceWith(namespace, behaviour), "api"), 3),
      );
      expect(failure).to.be.instanceOf(PartialFailure);
      expect((failure as PartialFailure).id).to.equal(`${namespace}/api`);
      expect(failure.message)
        .to.match(/^Deployment api is not ready after 3 s: 0 of 2 pods are ready/)
        .and.match(reason);
    });
  }

  it("says why a wait was in vain: a quota that lets no pod in, and what the events say", async () => {
    const namespace = await namespaceWith("quota", healthy);
    await server.current.request("POST", `/api/v1/namespaces/${namespace}/resourcequotas`, {
      metadata: { name: "none" },
      spec: { hard: { pods: "0" } },
    });
    await eventually(async () => {
      const quota = await server.current.request(
        "GET",
        `/api/v1/namespaces/${namespace}/resourcequotas/none`,
      );
      expect(at(quota, "status", "hard", "pods")).to.equal("0");
    });
    const failure = await failureOf((await on(DEPLOYMENT)).create(deployment(namespace, "api"), 3));
    expect(failure.message).to.match(/FailedCreate: pods "api-\S+" is forbidden: exceeded quota: none/);
  });

  it("keeps a failed object with its outputs, and an update goes on waiting", async () => {
    const namespace = await server.current.namespace("later");
    const resource = await on(DEPLOYMENT);
    await failureOf(resource.create(deployment(namespace, "api"), 2));
    expect(title(reveal(resource.outputs))).to.equal("Deployment api");
    kubelets.push(kubelet(server.current, namespace, healthy));
    const outputs = await resource.update(deployment(namespace, "api"));
    expect(countAt(outputs, "status", "availableReplicas")).to.equal(2);
  });

  it("ends a wait when the user cancels", async () => {
    const namespace = await server.current.namespace("cancelled");
    const resource = await on(DEPLOYMENT);
    setTimeout(() => resource.provider.cancel?.(), 1000);
    const start = Date.now();
    const failure = await failureOf(resource.create(deployment(namespace, "api")));
    expect(failure.message).to.match(/^Deployment api is not ready when the wait was cancelled/);
    expect(Date.now() - start).to.be.lessThan(10_000);
  });

  it("ends a wait when the object is deleted meanwhile", async () => {
    const namespace = await server.current.namespace("deleted-meanwhile");
    const resource = await on(DEPLOYMENT);
    setTimeout(
      () => server.current.request("DELETE", `/apis/apps/v1/namespaces/${namespace}/deployments/api`),
      1000,
    );
    expect((await failureOf(resource.create(deployment(namespace, "api")))).message).to.equal(
      "Deployment api was deleted while it was waited for",
    );
  });

  it("does not wait with pulumi.com/skipAwait, and as long as pulumi.com/timeoutSeconds says", async () => {
    const namespace = await server.current.namespace("annotated");
    const annotated = (name: string, annotations: object) => ({
      ...deployment(namespace, name),
      metadata: { namespace, name, annotations },
    });
    const outputs = await (await on(DEPLOYMENT)).create(annotated("a", { "pulumi.com/skipAwait": "true" }));
    expect(countAt(outputs, "status", "availableReplicas")).to.equal(0);
    const failure = await failureOf(
      (await on(DEPLOYMENT)).create(annotated("b", { "pulumi.com/timeoutSeconds": "1" })),
    );
    expect(failure.message).to.match(/not ready after 1 s/);
  });

  it("fails at once when a Job has failed for good, and waits for one that completes", async () => {
    const namespace = await server.current.namespace("jobs");
    const job = (name: string) => ({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { namespace, name },
      spec: {
        backoffLimit: 0,
        template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "busybox" }] } },
      },
    });
    const ended =
      (phase: string, exitCode: number): Behaviour =>
      (pod) => ({
        phase,
        containerStatuses: [
          {
            name: "main",
            image: "busybox",
            imageID: "",
            ready: false,
            restartCount: 0,
            state: { terminated: { exitCode, reason: "Error", finishedAt: new Date().toISOString() } },
          },
        ],
        conditions: [{ type: "PodScheduled", status: "True" }],
        podIP: pod.metadata.name ? undefined : "",
      });
    kubelets.push(
      kubelet(server.current, namespace, (pod) =>
        (pod.metadata.name.startsWith("good") ? ended("Succeeded", 0) : ended("Failed", 3))(pod),
      ),
    );
    const good = await (await on("kubernetes:batch/v1:Job")).create(job("good"));
    expect(countAt(good, "status", "succeeded")).to.equal(1);
    const failure = await failureOf((await on("kubernetes:batch/v1:Job")).create(job("bad")));
    expect(failure.message)
      .to.match(/^Job bad: the job failed: BackoffLimitExceeded/)
      .and.match(/exit code 3/);
  });

  it("does not wait for a claim that a pod must use first, and says what a claim lacks", async () => {
    const namespace = await server.current.namespace("claims");
    const claim = (name: string, storageClassName: string) => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { namespace, name },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage: "1Gi" } } },
    });
    await server.current.request("POST", "/apis/storage.k8s.io/v1/storageclasses", {
      metadata: { name: "lazy" },
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    const type = "kubernetes:core/v1:PersistentVolumeClaim";
    const lazy = await (await on(type)).create(claim("lazy", "lazy"));
    expect(at(lazy, "status", "phase")).to.equal("Pending");
    const failure = await failureOf((await on(type)).create(claim("lost", "nowhere"), 2));
    expect(failure.message).to.contain("there is no storage class nowhere");
  });

  it("waits for the pods behind a Service", async () => {
    const namespace = await server.current.namespace("services");
    // Without nodes the endpoint controller knows no pod, so the test writes down what it would.
    const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    const slice = (ready: boolean) => ({
      metadata: { name: "api-by-test", labels: { "kubernetes.io/service-name": "api" } },
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.1.0.1"], conditions: { ready } }],
    });
    await server.current.request("POST", path, slice(false));
    const resource = await on("kubernetes:core/v1:Service");
    expect((await failureOf(resource.create(service(namespace, "api"), 4))).message).to.contain(
      "0 of 1 of its pods are ready",
    );
    const again = await on("kubernetes:core/v1:Service");
    await resource.delete();
    setTimeout(() => server.current.request("PATCH", `${path}/api-by-test`, slice(true)), 1000);
    const outputs = await again.create(service(namespace, "api"));
    expect(at(outputs, "spec", "clusterIP")).to.match(/^10\.0\.0\./);
  });

  it("lets a Service without pods pass after a moment, and at once when it can have none", async () => {
    const namespace = await server.current.namespace("lonely-services");
    const lonely = await on("kubernetes:core/v1:Service");
    await lonely.create(service(namespace, "lonely"));
    expect(lonely.told.statuses).to.contain("its selector matches no pod yet");
    const without = [
      { clusterIP: "None" },
      { selector: {} },
      { type: "ExternalName", externalName: "example.org", ports: [] },
    ];
    for (const [index, spec] of without.entries()) {
      const exempt = await on("kubernetes:core/v1:Service");
      await exempt.create(service(namespace, `exempt-${index}`, spec));
      expect(exempt.told.statuses.filter(Boolean)).to.deep.equal([]);
    }
  });

  it("waits until what it deletes is gone, and is content when it is gone already", async () => {
    const namespace = await server.current.namespace("deleting");
    const resource = await on("kubernetes:core/v1:ConfigMap");
    await resource.create(
      configMap(namespace, { a: "1" }, { name: "held", finalizers: ["example.org/held"] }),
    );
    const path = `/api/v1/namespaces/${namespace}/configmaps/held`;
    expect((await failureOf(resource.delete(1))).message).to.match(
      /^ConfigMap held is still there 1 s after it was deleted; held by .*example\.org\/held/,
    );
    setTimeout(() => server.current.request("PATCH", path, { metadata: { finalizers: null } }), 1000);
    await resource.delete();
    expect(await resource.drift()).to.deep.equal(["gone"]);
    await resource.delete();
  });
});
