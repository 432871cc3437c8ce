import { expect } from "chai";
import {
  type Catalog,
  cache,
  database,
  external,
  extra,
  persistent,
  queue,
  scratch,
  service,
} from "../../model/catalog";
import { catalogProblems } from "../../model/catalog-schema";
import type { Problem } from "../../model/problems";
import { parseSettings } from "../../model/settings";
import { catalogs } from "../../platforms";
import { malai } from "../../platforms/malai";
import { readStackFile, valuesOf } from "../../stacks/stack-file";
import { boutique } from "../platforms/boutique";
import { shop } from "../platforms/shop";
import { small } from "../platforms/small";
import { largeCatalog } from "../support/large-catalog";

/** What is wrong with a catalog like malai's that has these properties, which the compiler would refuse. */
const problemsOf = (changes: Record<string, unknown>) => lines(catalogProblems({ ...malai, ...changes }));
const ofServices = (services: Record<string, unknown>) => problemsOf({ services });

const lines = (problems: Problem[]) =>
  problems.map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);

const NAME =
  "is not a name of a workload: at most 52 lower-case letters, digits and -, with a letter first and no - at the end; correct it in the catalog";

describe("A catalog that was not compiled", () => {
  for (const catalog of [...Object.values(catalogs), boutique, shop, small, largeCatalog(3)]) {
    it(`is in order where it is ${catalog.name}`, () => {
      expect(catalogProblems(catalog)).to.deep.equal([]);
    });
  }

  it("[R16] is refused with a missing port and with unknown keys, one line each, with those that there are", () => {
    expect(
      ofServices({ a: {}, b: { prot: 3000, port: 3001, uses: [{ ...database("b"), size: 1 }] } }),
    ).to.deep.equal([
      "services.a.port: is not set; add it to the catalog",
      "services.b.uses.0.size: no such property; remove it, or write one of: kind, database, pool, extensions, access",
      "services.b.prot: no such property; remove it, or write one of: kind, port, ports, image, command, args, environment, volumes, files, serviceAccountAnnotations, cloudMetadata, uses, secrets, configuration, containers, autoscaler, transform, migration, routes, balancing, probes, metrics, health",
    ]);
  });

  it("[R16] is refused before anything is planned, together with what is wrong with the settings", () => {
    const catalog = { ...malai, services: { a: {} } } as unknown as Catalog;
    const values = { ...valuesOf(readStackFile("dev")), tier: "none" };
    const parsed = parseSettings(values, { malai: catalog });
    expect("problems" in parsed && lines(parsed.problems)).to.deep.equal([
      "services.a.port: is not set; add it to the catalog",
      'platform:tier: "none": Invalid option: expected one of "development"|"production"; correct it in the stack\'s file',
    ]);
  });

  it("[R16] is refused with values of another type", () => {
    expect(ofServices({ a: { port: "3000", uses: [{ kind: "cahce" }], secrets: "KEY" } })).to.deep.equal([
      'services.a.port: "3000": Invalid input: expected number, received string; correct it in the catalog',
      "services.a.uses.0.kind: {\"kind\":\"cahce\"}: Invalid discriminator value. Expected 'database' | 'service' | 'cache' | 'queue' | 'external' | 'extra'; correct it in the catalog",
      'services.a.secrets: "KEY": Invalid input: expected array, received string; correct it in the catalog',
    ]);
    expect(problemsOf({ probes: undefined, services: [] })).to.deep.equal([
      "probes: is not set; add it to the catalog",
      "services: []: Invalid input: expected record, received array; correct it in the catalog",
    ]);
  });

  it("[R16] is in order with everything that an entry may have", () => {
    const container = {
      image: "ghcr.io/shop/web:1",
      command: ["web"],
      args: ["-v"],
      environment: { A: "b" },
    };
    const pod = {
      volumes: { "/var/lib/app": persistent("1Gi"), "/cache": scratch("500Mi") },
      files: { "/etc/app/.config": "a: b" },
      serviceAccountAnnotations: { "example.com/role": "web" },
      cloudMetadata: true,
    };
    const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2", memory: "1Gi" } };
    const containers = {
      proxy: { image: "acme/proxy:1", command: ["proxy"], environment: { A: "b" }, resources },
    };
    const metrics = [
      { type: "Pods", metric: "requests", averageValue: "10" },
      { type: "External", metric: "length", labels: { queue: "mail" }, averageValue: "100" },
    ];
    const autoscaler = { cpu: 60, memory: "none", metrics };
    const transform = { pod: () => {} };
    const migration = { command: ["migrate"], args: ["all"], deadline: 60 };
    expect(
      ofServices({
        a: {
          kind: "tcp",
          port: 3000,
          ports: { "http-b": 3001 },
          metrics: { port: 3001 },
          migration,
          ...container,
          ...pod,
          containers,
          autoscaler,
          transform,
        },
        b: { kind: "worker", probes: { liveness: { exec: ["true"], period: 9 } }, metrics: "none" },
        c: {
          kind: "cronJob",
          schedule: "@daily",
          timeZone: "UTC",
          concurrency: "Allow",
          deadline: 9,
          retries: 1,
          transform: { job: () => {}, cronJob: () => {} },
          ...pod,
        },
        d: {
          kind: "grpc",
          port: 3000,
          balancing: "least_conn",
          probes: { ...malai.probes, startup: { grpc: "" } },
        },
      }),
    ).to.deep.equal([]);
    const uses = [
      service("a"),
      database("a", { pool: 5, extensions: ["citext"], access: "read" }),
      extra("x", 80),
      cache(),
      queue(),
      external("example.com", 8443),
    ];
    expect(ofServices({ a: { ...malai.services["api-gateway"], uses, probes: malai.probes } })).to.deep.equal(
      [],
    );
  });

  it("[N1] [R16] is refused with an image that is none, and a command that runs nothing, wherever it is", () => {
    const probes = { ...malai.probes, liveness: { exec: [] } };
    const empty =
      'names no program: write it and its arguments, ["python", "-m", "report"]; correct it in the catalog';
    expect(
      ofServices({
        a: { port: 3000, image: "My Image:1", command: [], migration: { command: [""] }, probes },
        b: { kind: "job", command: [] },
      }),
    ).to.deep.equal([
      'services.a.image: "My Image:1": is not a reference of an image such as ghcr.io/shop/web:2.1.0; correct it in the catalog',
      `services.a.command: []: ${empty}`,
      `services.a.migration.command: [""]: ${empty}`,
      `services.a.probes.liveness.exec: []: ${empty}`,
      `services.b.command: []: ${empty}`,
    ]);
    for (const image of ["redis", "ghcr.io/shop/web:2.1.0", `localhost:5000/a/b@sha256:${"a".repeat(64)}`]) {
      expect(ofServices({ a: { port: 3000, image } }), image).to.deep.equal([]);
    }
  });

  it("[N3] [R16] is refused with what its kind does not have, and is told what it has", () => {
    expect(
      ofServices({
        a: { kind: "worker", routes: [] },
        b: { kind: "cronJob" },
        c: { kind: "job", deadline: 0.5, retries: -1 },
        d: { kind: "daemon" },
      }),
    ).to.deep.equal([
      "services.a.routes: no such property; remove it, or write one of: kind, image, command, args, environment, volumes, files, serviceAccountAnnotations, cloudMetadata, uses, secrets, configuration, containers, autoscaler, transform, migration, probes, metrics",
      "services.b.schedule: is not set; add it to the catalog",
      "services.c.deadline: 0.5: Invalid input: expected int, received number; correct it in the catalog",
      "services.c.retries: -1: Too small: expected number to be >=0; correct it in the catalog",
      'services.d.kind: {"kind":"daemon"}: is no kind of workload: http, grpc, tcp, worker, cronJob, job; correct it in the catalog',
    ]);
  });

  it("[N7] [R16] is refused with a path, a size or a container that Kubernetes would refuse", () => {
    const volumes = {
      data: scratch("1Gi"),
      "/a/../b": scratch("1Gi"),
      "/c": scratch("much"),
      "/d": scratch("0Gi"),
      "/e": { kind: "host", size: "1Gi" },
    };
    const path =
      "is not an absolute path such as /var/lib/app, of letters, digits, -, _ and single dots; correct it in the catalog";
    expect(
      ofServices({ a: { port: 3000, volumes, containers: { Proxy: { image: "acme/proxy:1" } } } }),
    ).to.deep.equal([
      `services.a.volumes.data: "data": ${path}`,
      `services.a.volumes./a/../b: "/a/../b": ${path}`,
      'services.a.volumes./c.size: "much": is not a size such as 500Mi or 10Gi; correct it in the catalog',
      'services.a.volumes./d.size: "0Gi": is not a size such as 500Mi or 10Gi; correct it in the catalog',
      'services.a.volumes./e.kind: "host": Invalid option: expected one of "scratch"|"persistent"; correct it in the catalog',
      'services.a.containers.Proxy: "Proxy": is not a name of at most 63 lower-case letters, digits and -, with no - at its ends; correct it in the catalog',
    ]);
  });

  it("[N11] [R17] is refused with a database of the server's own, and what is no name of one", () => {
    const of = (name: string) => ofServices({ a: { port: 3000, uses: [database(name)] } });
    expect(of("postgres")).to.deep.equal([
      'services.a.uses.0.database: "postgres": is a database of the server\'s own: name it after what is in it; correct it in the catalog',
    ]);
    expect(of("a b")).to.deep.equal([
      'services.a.uses.0.database: "a b": is not a name of at most 57 letters, digits, _ and -; correct it in the catalog',
    ]);
    expect(of("Orders_1")).to.deep.equal([]);
  });

  it("[N10] [N17] [R16] is refused with an autoscaler, a transform and a workload of one's own that are none", () => {
    const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "much" } };
    expect(
      problemsOf({
        services: {
          a: { port: 3000, autoscaler: { cpu: 0 }, transform: { pods: () => {}, service: "x" } },
          b: { kind: "job", autoscaler: "none" },
        },
        extras: {
          Search: { resources },
          find: { ports: [7700], resources },
          mail: { uses: [database("a")] },
        },
      }),
    ).to.deep.equal([
      "services.a.autoscaler.cpu: 0: Too small: expected number to be >=1; correct it in the catalog",
      'services.a.transform.service: "x": is not a function; correct it in the catalog',
      "services.a.transform.pods: no such property; remove it, or write one of: pod, deployment, service, autoscaler, disruptionBudget",
      "services.b.autoscaler: no such property; remove it, or write one of: kind, image, command, args, environment, volumes, files, serviceAccountAnnotations, cloudMetadata, uses, secrets, configuration, transform, deadline, retries",
      'extras.Search: "Search": is not a name of a workload: at most 52 lower-case letters, digits and -, with a letter first and no - at the end; correct it in the catalog',
      'extras.find.resources.limits.memory: "much": is not a Kubernetes quantity such as 250m or 512Mi; correct it in the catalog',
      "extras.mail.resources: is not set; add it to the catalog",
      `extras.mail.uses.0.kind: {"kind":"database","database":"a","pool":10}: Invalid discriminator value. Expected 'service' | 'cache' | 'queue' | 'external' | 'extra'; correct it in the catalog`,
    ]);
  });

  it("[N4] [R16] is refused with ports that Kubernetes would refuse", () => {
    const ports = { "http-a-long-admin": 2000, "http-api": 3000, "tcp-y": 70_000 };
    const name =
      "is not a name of a port: begin with http-, grpc- or tcp-, write lower-case letters, digits and -, 15 at most, and not http-api or http-metrics; correct it in the catalog";
    expect(ofServices({ a: { kind: "tcp", port: 3000, ports } })).to.deep.equal([
      `services.a.ports.http-a-long-admin: "http-a-long-admin": ${name}`,
      `services.a.ports.http-api: "http-api": ${name}`,
      "services.a.ports.tcp-y: 70000: a container without root rights listens on 1024 to 65535; correct it in the catalog",
    ]);
  });

  it("[N5] [R16] is refused with a probe that asks nothing, or in two ways", () => {
    const probes = { liveness: {}, readiness: { tcp: true, path: "/" } };
    const once = "asks in exactly one way: path, grpc, tcp, exec; correct it in the catalog";
    expect(ofServices({ a: { port: 3000, probes }, b: { port: 3000, probes: "none" } })).to.deep.equal([
      `services.a.probes.liveness: {}: ${once}`,
      `services.a.probes.readiness: {"path":"/","tcp":true}: ${once}`,
    ]);
    expect(ofServices({ a: { port: 3000, probes: "no" } })).to.deep.equal([
      'services.a.probes: "no": Invalid input; correct it in the catalog',
    ]);
  });

  for (const name of ["2fa", "my_app", "MyApp", "-a", "a-", "a.b", "", "a".repeat(70), "a".repeat(53)]) {
    it(`[R15] is refused with a service called ${JSON.stringify(name).slice(0, 12)}`, () => {
      expect(ofServices({ [name]: { port: 3000 } })).to.deep.equal([`services.${name}: "${name}": ${NAME}`]);
    });
  }

  for (const port of [0, 80, 1023, 99999]) {
    it(`[R15] is refused with port ${port}`, () => {
      expect(ofServices({ a: { port } })).to.deep.equal([
        `services.a.port: ${port}: a container without root rights listens on 1024 to 65535; correct it in the catalog`,
      ]);
    });
  }

  it("[R15] is refused with a name that is no namespace, and one that is taken in stack files", () => {
    expect(problemsOf({ name: "Malai_Prod" })).to.deep.equal([
      'name: "Malai_Prod": is not a name of at most 63 lower-case letters, digits and -, with no - at its ends; correct it in the catalog',
    ]);
    expect(problemsOf({ name: "platform" })).to.deep.equal([
      'name: "platform": is what other settings in the stack\'s file begin with; correct it in the catalog',
    ]);
  });

  for (const host of ["https://X:8443/", "X.com", "a_b.com", "shop.com:8443", "shop.com/", "10.0.0.1", ""]) {
    it(`[R15] is refused with host ${JSON.stringify(host)}`, () => {
      expect(problemsOf({ host })).to.deep.equal([
        `host: ${JSON.stringify(host)}: is not a host name such as shop.example.com, in lower case, without a scheme, a port and a path; correct it in the catalog`,
      ]);
    });
  }
});
