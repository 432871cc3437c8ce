import * as pulumi from "@pulumi/pulumi";
import type { ConfiguredSecret } from "./config";
import { SelfSignedCertificate } from "./frontdoor/certificate";
import { Nginx } from "./frontdoor/nginx";
import { Microservice, SERVICE_PORT } from "./microservice";
import { Namespace } from "./namespace";
import { type Plan, type ServicePlan, urlOf } from "./plan";
import { ServiceSecrets, stackChecksum } from "./secrets";
import { Database } from "./stores/database";
import { Postgres } from "./stores/postgres";
import { RabbitMQ } from "./stores/rabbitmq";
import { Redis } from "./stores/redis";
import type { Endpoint } from "./stores/store";

/** Arguments of {@link Platform}. */
export interface PlatformArgs {
  plan: Plan;
  /** Secrets that the stack's configuration holds, by name. */
  secrets: ReadonlyMap<string, ConfiguredSecret>;
}

/** The whole platform of one environment. Wires the leaf components; they never know each other. */
export class Platform extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** Where users reach it. */
  readonly url: string;
  /** Certificate to trust, PEM; undefined where a public one is used. */
  readonly certificate?: pulumi.Output<string>;

  constructor(name: string, { plan, secrets }: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Platform", name, {}, opts);
    const child = { parent: this };
    const { namespaceName: namespace } = new Namespace(
      `${name}-namespace`,
      { namespace: plan.namespace, platform: plan.name },
      child,
    );
    const checksum = stackChecksum(this);
    const common = { namespace, platform: plan.name, protect: plan.protectData, checksum };

    const postgres =
      plan.postgres && new Postgres(`${name}-postgres`, { ...common, ...plan.postgres }, child);
    const databases = new Map(plan.databases.flatMap(createLogins));
    const redis = plan.redis && new Redis(`${name}-redis`, { ...common, ...plan.redis }, child);
    const rabbitmq =
      plan.rabbitmq && new RabbitMQ(`${name}-rabbitmq`, { ...common, ...plan.rabbitmq }, child);
    const serviceSecrets = new ServiceSecrets(
      `${name}-secrets`,
      { namespace, names: plan.secrets, configured: secrets, checksum },
      child,
    );
    const services = plan.services.map(createService);
    const certificate = createCertificate();
    createFrontDoor();

    this.namespace = namespace;
    this.certificate = certificate?.certificate;
    this.url = urlOf(plan);
    this.registerOutputs({ namespace, url: this.url });

    function createLogins({ name: database, services }: Plan["databases"][number]): [string, Database][] {
      if (!postgres) return [];
      return services.map((service) => [
        service,
        new Database(
          `${name}-database-${service}`,
          { ...common, database, service, server: postgres.endpoint, admin: postgres.admin },
          { ...child, dependsOn: [postgres] },
        ),
      ]);
    }

    function createService(service: ServicePlan) {
      const database = databases.get(service.name);
      return new Microservice(
        `${name}-${service.name}`,
        {
          namespace,
          platform: plan.name,
          service,
          environment: environmentOf(service, plan),
          secrets: definedOnly({
            DATABASE_URL: database?.url,
            REDIS_URL: service.usesCache ? redis?.url : undefined,
            RABBITMQ_URL: service.usesQueue ? rabbitmq?.url : undefined,
            ...Object.fromEntries(service.secrets.map((key) => [key, serviceSecrets.refs.get(key)])),
          }),
          waitFor: endpointsOf(service),
        },
        { ...child, dependsOn: [serviceSecrets, ...(database ? [database] : [])] },
      );
    }

    function endpointsOf(service: ServicePlan): Endpoint[] {
      return Object.values(
        definedOnly({
          postgres: service.database ? postgres?.endpoint : undefined,
          redis: service.usesCache ? redis?.endpoint : undefined,
          rabbitmq: service.usesQueue ? rabbitmq?.endpoint : undefined,
        }),
      );
    }

    function createCertificate() {
      if (plan.certificate !== "self-signed") return undefined;
      return new SelfSignedCertificate(
        `${name}-certificate`,
        { namespace, secretName: CERTIFICATE_SECRET, host: plan.host },
        child,
      );
    }

    function createFrontDoor() {
      const upstreams = plan.services.flatMap(({ routes, balancing, name }, index) => {
        const endpoint = services[index]?.endpoint;
        return routes.length > 0 && endpoint ? [{ service: name, ...endpoint, balancing, routes }] : [];
      });
      new Nginx(
        `${name}-nginx`,
        {
          ...common,
          host: plan.host,
          url: urlOf(plan),
          settings: plan.frontDoor,
          upstreams,
          certificate:
            plan.certificate === "self-signed"
              ? { secret: CERTIFICATE_SECRET, checksum: certificate && checksum(certificate.certificate) }
              : plan.certificate,
        },
        // nginx resolves its upstreams once, when it starts.
        { ...child, dependsOn: [...services, ...(certificate ? [certificate] : [])] },
      );
    }
  }
}

/** Secret of the certificate that the platform makes itself. */
const CERTIFICATE_SECRET = "nginx-tls";

/** The plain part of a service's environment. */
function environmentOf(service: ServicePlan, plan: Plan): Record<string, string> {
  const calls = service.calls.map((callee) => [
    `${callee.replaceAll("-", "_").toUpperCase()}_URL`,
    `http://${callee}:${SERVICE_PORT}`,
  ]);
  return definedOnly({
    NODE_ENV: "production",
    SERVICE_NAME: service.name,
    SERVICE_VERSION: service.version,
    PORT: String(service.port),
    REQUIRED_SECRETS: service.secrets.join(",") || undefined,
    ...Object.fromEntries(calls),
    ...Object.fromEntries(service.configuration.map((key) => [key, plan.configuration[key]])),
  });
}

function definedOnly<T>(record: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined),
  );
}
