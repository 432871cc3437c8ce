import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { headlessOf, releaseOf } from "../../model/names";
import type { Plan } from "../../model/plan";
import { SERVICE_PORT } from "../../model/workloads";
import { createAccount } from "../kube/account";
import { createDisruptionBudget } from "../kube/disruption-budget";
import type { Endpoint } from "../kube/endpoint";
import { labelsOf, selectorOf } from "../kube/labels";
import { type Waits, waitsFor, waitsForNothing } from "../kube/waits";
import { createAutoscaler } from "./autoscaler";
import { type ServicePodArgs, servicePod, type Version } from "./pod";

/** Arguments of {@link Microservice}. */
export interface MicroserviceArgs extends ServicePodArgs {
  /** How services are found beyond their Service's port 80. */
  discovery: Plan["discovery"];
}

/** A service of the catalog: its identity, its pods, the names they are found by, and how many there may be. */
export class Microservice extends pulumi.ComponentResource {
  /** Where other workloads of the namespace reach it. */
  readonly endpoint: Endpoint;

  constructor(name: string, args: MicroserviceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:services:Microservice", name, {}, opts);
    const { namespace, platform, service, discovery } = args;
    const app = service.name;
    const labels = labelsOf(app, platform);
    const child = { parent: this };

    const account = createAccount(name, app, args, child);
    createStable();
    createRelease();
    createService();
    createHeadlessService();
    createDisruptionBudget(name, app, args, child);
    this.endpoint = { host: app, port: SERVICE_PORT };
    this.registerOutputs({ endpoint: this.endpoint });

    function createStable() {
      const { version, image, replicas } = service;
      createScaled(name, app, { version, image, track: "stable" }, waitsFor("Deployment", replicas.max));
    }

    /**
     * As many as there are of the version in use: how much of the traffic it gets is a weight of the mesh, and may be
     * all in the next moment. Whether it comes up is for the release to judge, which has a way back; `up` has none.
     */
    function createRelease() {
      if (!service.release) return;
      const { version, image } = service.release;
      createScaled(
        `${name}-${version}`,
        releaseOf(app, version),
        { version, image, track: "canary" },
        waitsForNothing,
      );
    }

    function createScaled(
      resourceName: string,
      deploymentName: string,
      version: Version,
      annotations: Waits,
    ) {
      const deployment = createDeployment(resourceName, deploymentName, version, annotations);
      createAutoscaler(
        resourceName,
        {
          ...args,
          app,
          deployment: { name: deploymentName, exists: deployment },
          replicas: bounds(),
        },
        child,
      );
    }

    /** During a release neither version has fewer than it takes to serve everything. */
    function bounds() {
      const { replicas, release } = service;
      return { ...replicas, min: Math.min(replicas.max, Math.max(replicas.min, release?.replicas ?? 0)) };
    }

    function createDeployment(
      resourceName: string,
      deploymentName: string,
      version: Version,
      annotations: Waits,
    ) {
      return new k8s.apps.v1.Deployment(
        resourceName,
        {
          metadata: { name: deploymentName, namespace, labels, annotations },
          // No `replicas`: the autoscaler owns them.
          spec: {
            // By track, so that the autoscaler measures the stable pods alone; never by version, which changes.
            selector: { matchLabels: { ...selectorOf(app), track: version.track } },
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            template: servicePod(args, version),
          },
        },
        { ...child, dependsOn: [account] },
      );
    }

    function createService() {
      const { apiPort, affinity } = discovery;
      return new k8s.core.v1.Service(
        name,
        {
          metadata: { name: app, namespace, labels, annotations: waitsForNothing },
          spec: {
            type: "ClusterIP",
            selector: selectorOf(app),
            ports: [
              { name: "http", port: SERVICE_PORT, targetPort: "http" },
              // The mesh reads the protocol off the name's first part.
              ...(apiPort ? [{ name: "http-api", port: service.port, targetPort: "http" }] : []),
            ],
            ...(affinity !== undefined && {
              sessionAffinity: "ClientIP",
              sessionAffinityConfig: { clientIP: { timeoutSeconds: affinity } },
            }),
          },
        },
        child,
      );
    }

    /** Its name resolves to the pods themselves, hence their own port. */
    function createHeadlessService() {
      if (!discovery.headless) return;
      new k8s.core.v1.Service(
        `${name}-headless`,
        {
          metadata: { name: headlessOf(app), namespace, labels, annotations: waitsForNothing },
          spec: {
            clusterIP: "None",
            selector: selectorOf(app),
            ports: [{ name: "http", port: service.port, targetPort: "http" }],
          },
        },
        child,
      );
    }
  }
}
