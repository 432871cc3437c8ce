import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { LABEL } from "../../model/names";
import { listens, type Plan, type ServicePlan } from "../../model/plan";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";
import { destinationRulesOf, podRulesOf, storeRulesOf } from "./destination-rules";
import { API_VERSIONS, type IstioObject } from "./objects";
import { allowNothing, authorizationPoliciesOf, onlyMutualTls } from "./security";
import { serviceEntriesOf, sidecarsOf } from "./sidecars";
import { telemetryOf } from "./telemetry";
import { frontDoorInsideOf, frontDoorOf, gatewayOf, virtualServiceOf } from "./virtual-services";

/** Arguments of {@link Mesh}. */
export interface MeshArgs extends Pick<PlatformContext, "namespace" | "platform"> {
  plan: Plan;
}

type Resource = k8s.apiextensions.CustomResource;

/**
 * What Istio is told about a platform: who may call whom, how requests are routed, and what happens when they fail.
 * Its custom resource definitions must be there.
 */
export class Mesh extends pulumi.ComponentResource {
  constructor(name: string, args: MeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:mesh:Mesh", name, {}, opts);
    const { namespace, platform, plan } = args;
    const child = { parent: this };

    const rules = plan.services.filter(listens).flatMap(createService);
    for (const rule of [...podRulesOf(plan), ...storeRulesOf(plan)]) create(rule);
    createFrontDoor();
    createIdentities();
    createScopes();
    create(telemetryOf(plan));
    this.registerOutputs();

    /** A route to a subset that is not there yet would be answered with 503. */
    function createService(service: ServicePlan): Resource[] {
      const rules = destinationRulesOf(service, plan).map((rule) => create(rule));
      create(virtualServiceOf(service, plan), rules);
      return rules;
    }

    function createFrontDoor() {
      if (plan.mesh.gateway) create(frontDoorOf(plan), [create(gatewayOf(plan)), ...rules]);
      create(frontDoorInsideOf(plan), rules);
    }

    /** What is allowed comes before the rest is forbidden: nothing that runs is cut off between the two. */
    function createIdentities() {
      create(onlyMutualTls);
      const allowed = authorizationPoliciesOf(plan).map((policy) => create(policy));
      create(allowNothing, allowed);
    }

    function createScopes() {
      const entries = serviceEntriesOf(plan).map((entry) => create(entry));
      for (const sidecar of sidecarsOf(plan)) create(sidecar, entries);
    }

    function create({ kind, name: own, spec }: IstioObject, dependsOn: Resource[] = []): Resource {
      return new k8s.apiextensions.CustomResource(
        `${name}-${kind.toLowerCase()}-${own}`,
        {
          apiVersion: API_VERSIONS[kind],
          kind,
          metadata: { name: own, namespace, labels: labelsOf(asLabel(own), platform) },
          spec,
        },
        { ...child, dependsOn },
      );
    }
  }
}

/** A host's name may be longer than the value of a label. */
const asLabel = (name: string) => name.slice(0, LABEL).replace(/[-.]+$/, "");
