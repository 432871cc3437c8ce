import { HEALTH_PATH } from "../../model/paths";
import type { Plan } from "../../model/plan";
import { sidecarAnnotations } from "../mesh/sidecar-annotations";
import { HEADERS } from "./routes";
import { shutdownOf } from "./shutdown";

/** F5 NGINX Ingress Controller 5.5.4, from its publisher's chart. The sticky cookie takes 5.5 (nginx 1.29.6) or later. */
const CHART = { chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.6.4" };

/** Arguments of the Helm release that installs the controller in a namespace of its own. Pure. */
export function controllerRelease({ frontDoor, mesh }: Pick<Plan, "frontDoor" | "mesh">) {
  const { controller, type, nodePorts, replicas, trustedProxies } = frontDoor;
  const shutdown = shutdownOf(frontDoor);
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
        healthStatusURI: HEALTH_PATH,
        config: {
          entries: {
            http2: "true",
            "ssl-protocols": "TLSv1.2 TLSv1.3",
            "http-snippets": `large_client_header_buffers 4 ${HEADERS};`,
            "worker-rlimit-nofile": "16384",
            "worker-connections": "4096",
            // A reading of the configuration lets a WebSocket live as long as it may be silent.
            "worker-shutdown-timeout": "1h",
            ...(trustedProxies.length > 0 && {
              "set-real-ip-from": trustedProxies.join(),
              "real-ip-header": "X-Forwarded-For",
              "real-ip-recursive": "true",
            }),
          },
        },
        ...(mesh.enabled && { pod: inMesh({ mesh }) }),
        readOnlyRootFilesystem: true,
        resources: {
          requests: { cpu: "100m", memory: "128Mi" },
          limits: { cpu: "1", memory: "512Mi" },
        },
        lifecycle: { preStop: { sleep: { seconds: shutdown.drain } } },
        terminationGracePeriodSeconds: shutdown.grace,
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

/**
 * What makes the controller a part of the mesh: F5's documentation, "NGINX Ingress Controller and Istio Service Mesh".
 * Else the services, which answer nothing but mutual TLS, would refuse it. Its own ports have no sidecar before them:
 * browsers come to some, and the kubelet and Prometheus to the others. A namespace of its own has no label for it.
 */
const inMesh = (plan: Pick<Plan, "mesh">) => ({
  extraLabels: { "sidecar.istio.io/inject": "true" },
  annotations: { ...sidecarAnnotations(plan), "traffic.sidecar.istio.io/includeInboundPorts": "" },
});
