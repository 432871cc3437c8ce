import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../model/plan";
import { workloads } from "../../model/workloads";
import type { PlatformContext } from "../kube/context";
import { publicPortsAnnotations } from "../mesh/sidecar-annotations";
import { ControllerIngress } from "./ingress";
import { type CertificateRef, Nginx } from "./nginx";
import { routeTable } from "./routes";

/** Arguments of {@link FrontDoor}. */
export interface FrontDoorArgs extends PlatformContext {
  plan: Plan;
  certificate: CertificateRef;
}

/** Where users come in, either way that the settings choose; what it does is the same route table in both. */
export class FrontDoor extends pulumi.ComponentResource {
  constructor(name: string, args: FrontDoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:frontdoor:FrontDoor", name, {}, opts);
    const { plan, certificate, ...context } = args;
    const common = { ...context, routes: routeTable(plan), settings: plan.frontDoor, certificate };
    const child = { parent: this };
    if (plan.frontDoor.kind === "controller")
      new ControllerIngress(name, { ...common, mesh: plan.mesh }, child);
    else {
      const { http, https } = workloads.nginx;
      new Nginx(name, { ...common, publicPorts: publicPortsAnnotations(plan, [http, https]) }, child);
    }
    this.registerOutputs();
  }
}
