/**
 * Every image the platform runs that is not one of its own services. The tags are the ones the orchestration
 * document names (section 2); where it says `latest`, today's.
 */
export const images = {
  postgres: "docker.io/library/postgres:15-alpine",
  redis: "docker.io/library/redis:7-alpine",
  rabbitmq: "docker.io/library/rabbitmq:3-management-alpine",
  nginx: "docker.io/library/nginx:1.29-alpine",
  busybox: "docker.io/library/busybox:1.37",
} as const;

/** User and group ids of the official alpine images; volumes must belong to them before a process starts. */
export const users = {
  postgres: { uid: 70, gid: 70 },
  redis: { uid: 999, gid: 1000 },
  rabbitmq: { uid: 100, gid: 101 },
  nginx: { uid: 101, gid: 101 },
  /** `node` in the official Node image; nobody's id in busybox. */
  service: { uid: 1000, gid: 1000 },
} as const;
