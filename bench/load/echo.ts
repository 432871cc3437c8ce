import { execa } from "execa";

/** Port of the Service. */
const PORT = 80;
const APP = "echo";

/**
 * Runs the reference service, which needs nothing, in a namespace of its own.
 * @param mesh whether it gets a sidecar, and so does whoever is in that namespace
 * @param env the environment that `kubectl` needs
 * @returns the URL that it answers at
 */
export async function startEcho(
  { namespace, image, mesh }: { namespace: string; image: string; mesh: boolean },
  env: Record<string, string | undefined>,
): Promise<string> {
  const metadata = { name: APP, namespace };
  const labels = { app: APP };
  const objects = [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, ...(mesh && { labels: { "istio-injection": "enabled" } }) },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port: PORT, targetPort: "http" }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: APP,
                image,
                env: Object.entries({ SERVICE_NAME: APP, PORT: "3000", LOG_LEVEL: "warn" }).map(
                  ([name, value]) => ({
                    name,
                    value,
                  }),
                ),
                ports: [{ name: "http", containerPort: 3000 }],
                readinessProbe: { httpGet: { path: "/health/live", port: "http" }, periodSeconds: 1 },
              },
            ],
          },
        },
      },
    },
  ];
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await execa("kubectl", ["apply", "--server-side", "-f", "-"], { env, input });
  await execa("kubectl", ["-n", namespace, "rollout", "status", `deployment/${APP}`, "--timeout=90s"], {
    env,
  });
  return `http://${APP}.${namespace}.svc.cluster.local:${PORT}/whoami`;
}
