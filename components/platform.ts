import * as pulumi from "@pulumi/pulumi";
import { CLOUD_METADATA } from "../model/cloud-metadata";
import { definedOnly } from "../model/defined-only";
import type { LoginPlan } from "../model/logins";
import { ALERT_WEBHOOK, certificateSecret, type Plan, urlOf, type WorkloadPlan } from "../model/plan";
import { environmentOf } from "../model/service-environment";
import { loginVariables, type Variable } from "../model/variables";
import { ConfigurationServer } from "./configuration-server";
import type { Extras } from "./extras";
import { FrontDoor } from "./frontdoor";
import { SelfSignedCertificate } from "./frontdoor/certificate";
import { stackChecksum } from "./kube/checksum";
import type { PlatformContext } from "./kube/context";
import type { SecretRef } from "./kube/references";
import type { SpeakingEndpoint } from "./kube/wait";
import { Mesh } from "./mesh";
import { pastSidecarAnnotations, sidecarAnnotations } from "./mesh/sidecar-annotations";
import { Alertmanager } from "./monitoring/alertmanager";
import { Dashboards } from "./monitoring/dashboards/config-maps";
import { Grafana } from "./monitoring/grafana";
import { Prometheus } from "./monitoring/prometheus";
import { Namespace } from "./namespace";
import { NetworkPolicies } from "./network/policies";
import type { ConfiguredSecret } from "./service-secrets";
import { ServiceSecrets } from "./service-secrets";
import { EndingWorkload } from "./services/ending-workload";
import { Microservice } from "./services/microservice";
import type { ServicePodArgs } from "./services/pod";
import { StoresCa } from "./stores/ca";
import { Database } from "./stores/database";
import { Postgres } from "./stores/postgres";
import { RabbitMQ } from "./stores/rabbitmq";
import { Redis } from "./stores/redis";

/** Arguments of {@link Platform}. */
export interface PlatformArgs {
  plan: Plan;
  /** Secrets that the stack's configuration holds, by name. */
  secrets: ReadonlyMap<string, ConfiguredSecret>;
  /** Makes resources of one's own beside the platform's. @default none */
  extras?: Extras;
}

/** The whole platform of one environment. Wires the leaf components; they never know each other. */
export class Platform extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** Where users reach it. */
  readonly url: string;
  /** Certificate to trust, PEM; undefined where a public one is used. */
  readonly certificate?: pulumi.Output<string>;

  constructor(name: string, { plan, secrets, extras }: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Platform", name, {}, opts);
    const child = { parent: this };
    const { namespaceName: namespace, priorities } = new Namespace(`${name}-namespace`, { plan }, child);
    const context: PlatformContext = {
      namespace,
      clusterDomain: plan.cluster.domain,
      platform: plan.name,
      tier: plan.tier,
      images: plan.images,
      scheduling: plan.scheduling,
      pullSecrets: plan.pullSecrets,
      storageClass: plan.storageClass,
      protect: plan.protectData,
      checksum: stackChecksum(this),
      priorities,
      sidecar: { ...sidecarAnnotations(plan), ...pastSidecarAnnotations(plan) },
    };

    new NetworkPolicies(`${name}-network`, { namespace, plan }, child);
    if (plan.mesh.enabled) new Mesh(`${name}-mesh`, { ...context, plan }, child);

    const stores = createStores();
    const databases = new Map(
      [...plan.services, ...plan.jobs].map((workload) => [workload.name, createLogins(workload)]),
    );
    const configuration = new ConfigurationServer(
      `${name}-configuration`,
      { ...context, values: plan.configuration },
      child,
    );
    const serviceSecrets = new ServiceSecrets(
      `${name}-secrets`,
      { ...context, names: plan.secrets, configured: secrets },
      child,
    );
    const services = new Map(plan.services.map((service) => [service.name, createService(service)]));
    plan.jobs.forEach(createJob);
    extras?.({ ...context, plan, secrets: serviceSecrets.refs, parent: this });
    const certificate = createCertificate();
    createFrontDoor();
    new Alertmanager(
      `${name}-alertmanager`,
      { ...context, ...plan.alertmanager, webhook: secrets.get(ALERT_WEBHOOK)?.value },
      child,
    );
    new Prometheus(`${name}-prometheus`, { ...context, plan }, child);
    const dashboards = new Dashboards(`${name}-dashboards`, { ...context, plan }, child);
    if (plan.grafana.enabled) {
      new Grafana(
        `${name}-grafana`,
        { ...context, dashboards: dashboards.configMaps },
        { ...child, dependsOn: [dashboards] },
      );
    }

    this.namespace = namespace;
    this.certificate = certificate?.certificate;
    this.url = urlOf(plan);
    this.registerOutputs({ namespace, url: this.url });

    function createStores() {
      const { postgres, redis, rabbitmq } = plan;
      if (!postgres && !redis && !rabbitmq) return {};
      const { ca } = new StoresCa(`${name}-stores-authority`, context, child);
      const common = { ...context, ca };
      return {
        ca,
        postgres: postgres && new Postgres(`${name}-postgres`, { ...common, ...postgres }, child),
        redis: redis && new Redis(`${name}-redis`, { ...common, ...redis }, child),
        rabbitmq: rabbitmq && new RabbitMQ(`${name}-rabbitmq`, { ...common, ...rabbitmq }, child),
      };
    }

    function createLogins({ logins }: WorkloadPlan): { login: LoginPlan; database: Database }[] {
      const { postgres, ca } = stores;
      if (!postgres || !ca) return [];
      return logins.map((login) => ({
        login,
        database: new Database(
          `${name}-database-${login.name.replace(/^postgres-/, "")}`,
          { ...context, login, server: postgres.endpoint, admin: postgres.admin, ca },
          { ...child, dependsOn: postgres.server },
        ),
      }));
    }

    function createService(service: Plan["services"][number]) {
      return new Microservice(
        `${name}-${service.name}`,
        { ...podArgsOf(service), service, discovery: plan.discovery },
        startsAfter(service),
      );
    }

    /** One that `up` waits for comes after what it calls. */
    function createJob(service: Plan["jobs"][number]) {
      const callees = service.schedule ? [] : service.calls.flatMap((callee) => services.get(callee) ?? []);
      new EndingWorkload(
        `${name}-${service.name}`,
        { ...podArgsOf(service), service },
        startsAfter(service, callees),
      );
    }

    function podArgsOf(service: WorkloadPlan): Omit<ServicePodArgs, "service"> {
      const waitFor = endpointsOf(service);
      return {
        ...context,
        sidecar: {
          ...context.sidecar,
          ...(service.cloudMetadata &&
            pastSidecarAnnotations(
              plan,
              CLOUD_METADATA.map(({ address }) => address),
            )),
        },
        shutdown: plan.shutdown,
        environment: environmentOf(service, plan),
        configuration: pick(configuration.refs, service.configuration),
        secrets: definedOnly({
          ...urlsOf(service),
          ...pick(serviceSecrets.refs, service.secrets),
        }),
        ca: waitFor.length > 0 ? stores.ca : undefined,
        waitFor,
      };
    }

    function startsAfter(
      { name }: WorkloadPlan,
      callees: pulumi.Resource[] = [],
    ): pulumi.ComponentResourceOptions {
      const logins = databases.get(name) ?? [];
      const before = [configuration, serviceSecrets, ...logins.map(({ database }) => database)];
      return { ...child, dependsOn: [...before, ...callees] };
    }

    /** Of its stores. */
    function urlsOf(service: WorkloadPlan) {
      const logins = databases.get(service.name) ?? [];
      const urls = logins.flatMap(({ login, database }) =>
        loginVariables(login).map(({ url }) => [url, database.url]),
      );
      const others = {
        REDIS_URL: service.usesCache ? stores.redis?.url : undefined,
        RABBITMQ_URL: service.usesQueue ? stores.rabbitmq?.url : undefined,
      } satisfies Partial<Record<Variable, SecretRef | undefined>>;
      return { ...(Object.fromEntries(urls) as Record<string, SecretRef>), ...others };
    }

    function endpointsOf(service: WorkloadPlan): SpeakingEndpoint[] {
      return Object.values(
        definedOnly({
          postgres: service.logins.length > 0 ? stores.postgres?.endpoint : undefined,
          redis: service.usesCache ? stores.redis?.endpoint : undefined,
          rabbitmq: service.usesQueue ? stores.rabbitmq?.endpoint : undefined,
        }),
      );
    }

    function createCertificate() {
      if (plan.certificate !== "self-signed") return undefined;
      return new SelfSignedCertificate(
        `${name}-certificate`,
        { namespace, secretName: certificateSecret(plan), host: plan.host },
        child,
      );
    }

    function createFrontDoor() {
      new FrontDoor(
        `${name}-front-door`,
        {
          ...context,
          plan,
          certificate: {
            secret: certificateSecret(plan),
            checksum: certificate && context.checksum(certificate.certificate),
          },
        },
        { ...child, dependsOn: certificate ? [certificate] : [] },
      );
    }
  }
}

function pick<T>(refs: ReadonlyMap<string, T>, keys: readonly string[]): Record<string, T> {
  return definedOnly(Object.fromEntries(keys.map((key) => [key, refs.get(key)])));
}
