import type { Properties } from "../../../embedded/plugins/protocol/index";

/** Inputs of programs in the tests, as the SDK sends them. */

export function configMap(
  namespace: string,
  data: Record<string, string>,
  metadata: Properties = {},
): Properties {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, ...metadata }, data };
}

export function deployment(
  namespace: string,
  name: string,
  spec: Properties = {},
  container: Properties = {},
): Properties {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace, name },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: "main", image: "nginx:1", env: [{ name: "A", value: "1" }], ...container }],
        },
      },
      ...spec,
    },
  };
}

export function service(namespace: string, name: string, spec: Properties = {}): Properties {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace, name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 80 }], ...spec },
  };
}
