/**
 * Every image the platform runs that is not one of its own services. The lines are those of docs/requirements.md, O3, such
 * as Postgres 15; the versions are full ones, as `15-alpine` is another image every month.
 */
export const images = {
  postgres: "docker.io/library/postgres:15.14-alpine",
  redis: "docker.io/library/redis:7.4.5-alpine",
  rabbitmq: "docker.io/library/rabbitmq:3.13.7-management-alpine",
  nginx: "docker.io/library/nginx:1.29.1-alpine",
  busybox: "docker.io/library/busybox:1.37.0",
  prometheus: "docker.io/prom/prometheus:v3.5.0",
  alertmanager: "docker.io/prom/alertmanager:v0.28.1",
  grafana: "docker.io/grafana/grafana:12.1.1",
  postgresExporter: "docker.io/prometheuscommunity/postgres-exporter:v0.17.1",
  redisExporter: "docker.io/oliver006/redis_exporter:v1.74.0",
} as const;

/** Istio as the stack `istio` installs it. */
export const istio = "1.31.4";

/** The least versions of what a mesh needs, as major and minor. */
export const least = {
  /** Of API server and kubelets: from here on native sidecars are on by themselves (feature SidecarContainers). */
  kubernetes: "1.29",
  /** The least Kubernetes that {@link istio} supports (MinK8SVersion in its source). */
  kubernetesOfIstio: "1.32",
  /** Of an Istio that a platform finds: from here on it serves its objects as `v1`. It has native sidecars since 1.19. */
  istio: "1.22",
} as const;

/**
 * User and group ids. Those of the stores are the official images', whose files belong to them; the others own no
 * file, and are far above those that a node has accounts for.
 */
export const users = {
  postgres: { uid: 70, gid: 70 },
  redis: { uid: 999, gid: 1000 },
  rabbitmq: { uid: 100, gid: 101 },
  nginx: { uid: 10101, gid: 10101 },
  prometheus: { uid: 65534, gid: 65534 },
  alertmanager: { uid: 65534, gid: 65534 },
  grafana: { uid: 10472, gid: 10472 },
  exporter: { uid: 10187, gid: 10187 },
  service: { uid: 10001, gid: 10001 },
} as const;

/** The last part of an image's name, by which its digest is known: `postgres` of `docker.io/library/postgres:15`. */
export const shortName = (image: string): string =>
  image.replace(/@.*$/, "").replace(/^.*\//, "").replace(/:.*$/, "");

/** The same image pinned to its digest, if there is one for it. The tag stays, for people. */
export function withDigest(image: string, digests: Readonly<Record<string, string>>): string {
  const digest = digests[shortName(image)];
  return digest ? `${image}@${digest}` : image;
}

/** The same image at a mirror of the registry that it is named at; its path stays. @param mirror @default there is none */
export const mirrored = (image: string, mirror: string | undefined): string =>
  mirror ? image.replace(/^[^/]+/, mirror) : image;
