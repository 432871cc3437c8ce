import {
  frontDoorRuleOf,
  headlessOf,
  LABEL,
  migrationJobOf,
  migrationOf,
  objects,
  ownerOf,
  podsOf,
  releaseOf,
  roles,
  scrapeJobs,
  secrets,
  webSocketIngressOf,
} from "../names";
import type { Plan, ServicePlan } from "../plan";
import type { Problem } from "../problems";
import { workloads } from "../workloads";
import type { Check } from "./check";
import { loginsIn } from "./databases";

/** Something that has a name among others, which nothing else may have. */
interface Claim {
  name: string;
  /** What is called so. Of a service: with `its`, or nothing where it is the service's own name. */
  what: string;
  /** Whose it is. @default the platform's */
  service?: string;
  /** Its place in the catalog. @default `services.<service>` */
  at?: string;
}

const REMEDY = "give the service another name";

/** What a service makes has a name of its own: two of one name would be one object, or refused in the middle of `up`. */
export const namesOfTheirOwn: Check = (plan) =>
  [objectClaims(plan), secretClaims(plan), jobClaims(plan), roleClaims(plan)].flatMap(clashes);

/** Postgres keeps roles of such names to itself (its documentation, CREATE ROLE). */
export const rolesForPostgres: Check = (plan) =>
  loginsIn(plan)
    .filter(({ login }) => login.username.startsWith("pg_"))
    .map(({ service, login }) => ({
      at: `services.${service}`,
      problem: `Postgres takes no login called ${login.username}: what begins with pg_ is its own`,
      remedy: REMEDY,
    }));

/** A Secret of the stack's own is none that the platform makes. */
export const certificateOfItsOwn: Check = (plan) => {
  const { certificate } = plan;
  if (certificate === "self-signed") return [];
  const owner = secretClaims(plan).find(({ name }) => name === certificate.secret);
  if (!owner) return [];
  return [
    {
      at: "platform:certificate.secret",
      problem: `${certificate.secret} is already the name of ${phraseOf(owner)}`,
      remedy: "give the Secret with the certificate another name",
    },
  ];
};

/** Objects of the kinds that each service has, and jobs of Prometheus, of which each has one. */
function objectClaims(plan: Plan): Claim[] {
  const own = [
    ...Object.values(workloads).map(({ app }) => app),
    workloads.rabbitmq.nodes,
    ...Object.values(objects),
  ];
  return [
    ...own.map((name) => ({ name, what: "an object of the platform" })),
    ...Object.values(scrapeJobs).map((name) => ({ name, what: "a job of the platform's Prometheus" })),
    // The one that those of the services are merged into.
    ...(plan.frontDoor.kind === "controller" ? [{ name: plan.name, what: "the platform's Ingress" }] : []),
    ...[...plan.services, ...plan.jobs].map(({ name }) => ({ name, what: "", service: name })),
    ...plan.extras.map(({ name }) => ({ name, what: "", service: name, at: `extras.${name}` })),
    ...plan.services.flatMap((service) => derivedClaims(service, plan)),
  ];
}

/** Objects that are called after a service, as far as this environment has them. */
function derivedClaims(
  { name: service, release, routes, migration }: ServicePlan,
  { discovery, mesh, frontDoor }: Plan,
): Claim[] {
  const behindNginx = frontDoor.kind === "standalone" && routes.length > 0;
  const hasWebSocket = routes.some(({ webSocket }) => webSocket);
  const derived: [unknown, string, string][] = [
    [release, releaseOf(service, release?.version ?? ""), "the Deployment of its new version"],
    [migration, migrationOf(service), "the identity of its migrations"],
    [discovery.headless, headlessOf(service), "its headless Service"],
    [behindNginx && !mesh.enabled, podsOf(service), "the Service of its pods"],
    [behindNginx && mesh.enabled && discovery.affinity, frontDoorRuleOf(service), "its rule for nginx"],
    [
      frontDoor.kind === "controller" && hasWebSocket,
      webSocketIngressOf(service),
      "the Ingress of its WebSockets",
    ],
  ];
  return derived.flatMap(([exists, name, what]) => (exists ? [{ name, what, service }] : []));
}

/** Secrets. */
function secretClaims(plan: Plan): Claim[] {
  const { selfSigned: _, ...made } = secrets;
  const own = [...Object.values(made), ...Object.values(workloads).map(({ app }) => app)];
  return [
    ...own.map((name) => ({ name, what: "a Secret of the platform" })),
    ...loginsIn(plan).map(({ service, login: { name, database } }) => ({
      name,
      what: `the Secret of its login to ${database}`,
      service,
    })),
  ];
}

/** Jobs; one that makes a login is called as the Secret of that. */
function jobClaims(plan: Plan): Claim[] {
  const logins = [secrets.postgresMetrics, ...loginsIn(plan).map(({ login }) => login.name)];
  return [
    ...logins.map((name) => ({ name, what: "a Job that makes a login to Postgres" })),
    ...plan.jobs.map(({ name }) => ({ name, what: "", service: name })),
    ...plan.services.flatMap(migrationClaims),
  ];
}

/** The name of a Job is the value of a label of its pods (Kubernetes documentation, Jobs). */
export const jobNamesFit: Check = (plan) =>
  [
    ...loginsIn(plan).map(({ service, login: { name, database } }) => ({
      at: `services.${service}.uses`,
      name,
      remedy: `shorten the name of the service or of the database ${database}`,
    })),
    ...plan.services.flatMap(migrationClaims).map(({ name, service }) => ({
      at: `services.${service}.migration`,
      name,
      remedy: "shorten the name of the service or that of the version",
    })),
  ]
    .filter(({ name }) => name.length > LABEL)
    .map(({ at, name, remedy }) => ({
      at,
      problem: `${name}, the name of its Job, has ${name.length} letters, over the limit of ${LABEL}`,
      remedy,
    }));

/** The Jobs that migrate to the versions of a service. */
function migrationClaims({ name: service, migration, version, release }: ServicePlan): Claim[] {
  const versions = migration ? [version, ...(release ? [release.version] : [])] : [];
  return versions.map((one) => ({
    name: migrationJobOf(service, one),
    what: `its migration to ${one}`,
    service,
  }));
}

/** Roles of Postgres. */
function roleClaims(plan: Plan): Claim[] {
  return [
    ...Object.values(roles).map((name) => ({ name, what: "a role of the platform in Postgres" })),
    ...plan.databases.map(({ name }) => ({ name: ownerOf(name), what: `the owner of database ${name}` })),
    ...loginsIn(plan).map(({ service, login: { username, database } }) => ({
      name: username,
      what: `its login to ${database}`,
      service,
    })),
  ];
}

/** Each claim of a service to a name that something else has already. */
function clashes(claims: readonly Claim[]): Problem[] {
  const owners = new Map<string, Claim>();
  return claims.flatMap((claim): Problem[] => {
    const { name, what, service, at = `services.${service}` } = claim;
    const owner = owners.get(name);
    if (!owner) owners.set(name, claim);
    if (!owner || !service || (owner.service === service && owner.what === what)) return [];
    const subject = what ? `${name}, the name of ${what},` : name;
    return [
      {
        at,
        problem: `${subject} is already the name of ${phraseOf(owner)}`,
        remedy: claim.at ? "give it another name" : REMEDY,
      },
    ];
  });
}

function phraseOf({ what, service }: Claim): string {
  if (service === undefined) return what;
  return what ? what.replace("its", `${service}'s`) : `service ${service}`;
}
