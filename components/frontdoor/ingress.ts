import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { webSocketIngressOf } from "../../model/names";
import type { Location } from "../../model/paths";
import type { Plan } from "../../model/plan";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";
import { waitsForNothing } from "../kube/waits";
import { type Annotations, masterAnnotations, minionAnnotations } from "./annotations";
import { controllerRelease } from "./controller";
import { createControllerAccess } from "./controller-access";
import type { RoutedPath, RoutedService, RouteTable } from "./routes";

/** Arguments of {@link ControllerIngress}. */
export interface ControllerIngressArgs extends Pick<PlatformContext, "namespace" | "platform"> {
  routes: RouteTable;
  settings: Plan["frontDoor"];
  /** Whether the controller is in a mesh, and what its sidecar may take. */
  mesh: Plan["mesh"];
  /** Name of the Secret of type kubernetes.io/tls. */
  certificate: { secret: string };
}

/**
 * The front door of a cluster with F5 NGINX Ingress Controller: Ingresses that it merges into one server. `/health` is
 * the controller's own: it answers there when it runs with `-health-status` and `-health-status-uri=/health`.
 */
export class ControllerIngress extends pulumi.ComponentResource {
  constructor(name: string, args: ControllerIngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:frontdoor:ControllerIngress", name, {}, opts);
    const { namespace, platform, routes, settings, mesh, certificate } = args;
    const { host } = routes;
    const child = { parent: this };

    const controller = installController();
    if (mesh.enabled) {
      const opts = { ...child, dependsOn: controller };
      createControllerAccess(`${name}-metrics`, settings.controller.namespace, args, opts);
    }
    const master = createMaster();
    routes.services.forEach(createMinions);
    this.registerOutputs();

    function installController() {
      if (!settings.controller.install) return [];
      const release = controllerRelease({ frontDoor: settings, mesh });
      return [new k8s.helm.v3.Release(`${name}-controller`, release, child)];
    }

    function createMaster() {
      return createIngress(name, platform, masterAnnotations(routes), {
        tls: [{ hosts: [host], secretName: certificate.secret }],
        rules: [{ host }],
      });
    }

    /** One for each kind of path, as an annotation holds for the whole Ingress. */
    function createMinions(service: RoutedService) {
      for (const webSocket of [false, true]) {
        const paths = service.paths.filter((path) => path.webSocket === webSocket);
        const [first] = paths;
        if (!first) continue;
        const minion = webSocket ? webSocketIngressOf(service.service) : service.service;
        createIngress(
          `${name}-${minion}`,
          minion,
          minionAnnotations(service, first, routes),
          { rules: [{ host, http: { paths: paths.flatMap((path) => backendsOf(service, path)) } }] },
          [master],
        );
      }
    }

    function createIngress(
      resourceName: string,
      ingress: string,
      annotations: Annotations,
      spec: k8s.types.input.networking.v1.IngressSpec,
      dependsOn: pulumi.Resource[] = controller,
    ) {
      return new k8s.networking.v1.Ingress(
        resourceName,
        {
          metadata: {
            name: ingress,
            namespace,
            labels: labelsOf(ingress, platform),
            // Whether the controller has taken it is in its events; one that is not there yet must not stop the stack.
            annotations: { ...annotations, ...waitsForNothing },
          },
          spec: { ingressClassName: settings.controller.ingressClass, ...spec },
        },
        { ...child, dependsOn },
      );
    }
  }
}

/** The port by its name: the Service's number is no concern of the front door. */
const backendsOf = ({ service }: RoutedService, { locations }: RoutedPath) =>
  locations.map(({ match, path }) => ({
    path,
    pathType: PATH_TYPES[match],
    backend: { service: { name: service, port: { name: "http" } } },
  }));

/** The controller writes `Prefix` as nginx's own prefix, hence the table's two locations for `/leads`. */
const PATH_TYPES: Record<Location["match"], string> = { exact: "Exact", prefix: "Prefix" };
