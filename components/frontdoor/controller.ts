import type { Plan } from "../../model/plan";

/** F5 NGINX Ingress Controller 5.5.4, from its publisher's chart. The sticky cookie takes 5.5 (nginx 1.29.6) or later. */
const CHART = { chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.6.4" };

/** Arguments of the Helm release that installs the controller in a namespace of its own. Pure. */
export function controllerRelease({ controller, type, nodePorts, replicas }: Plan["frontDoor"]) {
  return {
    ...CHART,
    name: "nginx-ingress",
    namespace: controller.namespace,
    createNamespace: true,
    // The platform has Ingresses only: none of the controller's own kinds.
    skipCrds: true,
    // When it cannot be installed wholly, nothing of it stays behind.
    atomic: true,
    values: {
      controller: {
        replicaCount: replicas,
        ingressClass: { name: controller.ingressClass, create: true, setAsDefaultIngress: false },
        enableCustomResources: false,
        enableSnippets: false,
        // `/health` at every host, answered by nginx itself, over HTTP too.
        healthStatus: true,
        healthStatusURI: "/health",
        config: { entries: { http2: "true", "ssl-protocols": "TLSv1.2 TLSv1.3" } },
        readOnlyRootFilesystem: true,
        resources: {
          requests: { cpu: "100m", memory: "128Mi" },
          limits: { cpu: "1", memory: "512Mi" },
        },
        terminationGracePeriodSeconds: 70,
        podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
        service: {
          type,
          // Else the node's address would stand for every client's.
          ...(type !== "ClusterIP" && { externalTrafficPolicy: "Local" }),
          ...(nodePorts && {
            httpPort: { nodePort: nodePorts.http },
            httpsPort: { nodePort: nodePorts.https },
          }),
        },
        telemetryReporting: { enable: false },
      },
      prometheus: { create: true, port: 9113 },
    },
  };
}
