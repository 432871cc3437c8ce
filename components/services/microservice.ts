import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { headlessOf, migrationOf, releaseOf } from "../../model/names";
import { isPersistent, type Plan, type ServicePlan } from "../../model/plan";
import { createAccount } from "../kube/account";
import { createDisruptionBudget } from "../kube/disruption-budget";
import type { Endpoint } from "../kube/endpoint";
import { labelsOf, selectorOf } from "../kube/labels";
import { type Waits, waitsFor, waitsForNothing } from "../kube/waits";
import { createAutoscaler } from "./autoscaler";
import { createMigration } from "./migration";
import { createMounted } from "./mounts";
import { type ServicePodArgs, servicePod, type Version } from "./pod";
import { transformationOf } from "./transform";

const ROLLING = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
/** The next pod cannot have the volume as long as this one does. */
const ONE_AFTER_THE_OTHER = { type: "Recreate" };

/** Arguments of {@link Microservice}. */
export interface MicroserviceArgs extends ServicePodArgs {
  service: ServicePlan;
  /** How services are found beyond their Service's port 80. */
  discovery: Plan["discovery"];
}

/**
 * A service of the catalog: its identity, its pods, the names they are found by, and how many there may be. A worker, which
 * has no port, is found by none.
 */
export class Microservice extends pulumi.ComponentResource {
  /** Where other workloads of the namespace reach it. @default nowhere: it has no port */
  readonly endpoint?: Endpoint;

  constructor(name: string, args: MicroserviceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { transform = {} } = args.service;
    const changed = pulumi.mergeOptions(opts, { transformations: [transformationOf(transform)] });
    super("platform:services:Microservice", name, {}, changed);
    const { namespace, platform, service, discovery } = args;
    const app = service.name;
    const labels = labelsOf(app, platform);
    const child = { parent: this };

    const account = createAccount(name, app, args, child, service.serviceAccountAnnotations);
    const mounted = createMounted(name, service, args, child);
    const migrationAccount = createMigrationAccount();
    createStable();
    createRelease();
    createService();
    createHeadlessService();
    createDisruptionBudget(name, app, args, child);
    const [port] = service.ports;
    this.endpoint = port && { host: app, port: port.servicePort };
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
      const exists = createDeployment(resourceName, deploymentName, version, annotations);
      const { autoscaler: targets } = service;
      if (!targets) return;
      const deployment = { name: deploymentName, exists };
      createAutoscaler(resourceName, { ...args, app, targets, deployment, replicas: bounds() }, child);
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
          spec: {
            // With an autoscaler they are its own.
            ...(!service.autoscaler && { replicas: bounds().min }),
            // By track, so that the autoscaler measures the stable pods alone; never by version, which changes.
            selector: { matchLabels: { ...selectorOf(app), track: version.track } },
            strategy: isPersistent(service) ? ONE_AFTER_THE_OTHER : ROLLING,
            template: servicePod(args, version),
          },
        },
        { ...child, dependsOn: [account, ...mounted, ...migratedTo(version)] },
      );
    }

    function createMigrationAccount() {
      if (!service.migration) return [];
      const { serviceAccountAnnotations: annotations } = service;
      return [createAccount(`${name}-migration`, migrationOf(app), args, child, annotations)];
    }

    /** A version starts when its migration has succeeded, and not at all when that has failed. */
    function migratedTo(version: Version) {
      const { migration } = service;
      if (!migration) return [];
      const dependsOn = [...migrationAccount, ...mounted];
      return [createMigration(name, { ...args, migration }, version, { ...child, dependsOn })];
    }

    function createService() {
      if (service.ports.length === 0) return;
      const { apiPort, affinity } = discovery;
      return new k8s.core.v1.Service(
        name,
        {
          metadata: { name: app, namespace, labels, annotations: waitsForNothing },
          spec: {
            type: "ClusterIP",
            selector: selectorOf(app),
            ports: [
              ...service.ports.map(({ name, servicePort }) => ({
                name,
                port: servicePort,
                targetPort: name,
              })),
              // The mesh reads the protocol off the name's first part.
              ...(apiPort && service.kind === "http" && service.port !== undefined
                ? [{ name: "http-api", port: service.port, targetPort: "http" }]
                : []),
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
      if (!discovery.headless || service.ports.length === 0) return;
      new k8s.core.v1.Service(
        `${name}-headless`,
        {
          metadata: { name: headlessOf(app), namespace, labels, annotations: waitsForNothing },
          spec: {
            clusterIP: "None",
            selector: selectorOf(app),
            ports: service.ports.map(({ name, port }) => ({ name, port, targetPort: name })),
          },
        },
        child,
      );
    }
  }
}
