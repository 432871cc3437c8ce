import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import type { Catalog, ServiceEntry } from "../../../model/catalog";
import { malai } from "../../../platforms/malai";
import { type Rendered, render, settingsOf } from "../../support/render";
import { DATA_KINDS, IMMUTABLE } from "./immutable-fields";

const RANDOM = "random:index/randomPassword:RandomPassword";

/** Changes of a stack's settings that reach into many objects, one by one. */
const SETTINGS: Record<string, Record<string, unknown>> = {
  "another tier": { tier: "production" },
  "a storage class": { storageClass: "fast" },
  "larger volumes": {
    postgres: { storage: "90Gi" },
    redis: { storage: "90Gi" },
    rabbitmq: { storage: "90Gi" },
    prometheus: { storage: "90Gi" },
  },
  "another log archive": { postgres: { archive: "90Gi", maxConnections: 700 } },
  "three nodes of RabbitMQ": { rabbitmq: { replicas: 3 } },
  "a load balancer": { frontDoor: { type: "LoadBalancer" } },
  "an address of the cluster alone": { frontDoor: { type: "ClusterIP" } },
  "an ingress controller": { frontDoor: { kind: "controller" } },
  "other node ports": { frontDoor: { type: "NodePort", nodePorts: { http: 30081, https: 30444 } } },
  "another host": { host: "other.example.com" },
  "a certificate from elsewhere": { certificate: { secret: "of-a-public-ca" } },
  "other replicas": { defaults: { replicas: { min: 4, max: 9 } } },
  "another tag": { images: { tag: "2.0.0", registry: "registry.example.com" } },
  "other nodes": { scheduling: { nodeSelector: { pool: "platform" } } },
  "no mesh": { mesh: { enabled: false } },
  "no webhook": { alertmanager: { webhook: false } },
  "a Grafana": { grafana: { enabled: true } },
};

/** Changes of a catalog. */
const CATALOGS: Record<string, (catalog: Catalog) => Catalog> = {
  "headless Services and affinity": (catalog) => ({
    ...catalog,
    discovery: { apiPort: true, headless: true, affinity: 60 },
  }),
  "a longer shutdown": (catalog) => ({ ...catalog, shutdown: { drain: 20, grace: 60 } }),
  "other ports": (catalog) => ({
    ...catalog,
    services: Object.fromEntries(
      Object.entries(catalog.services).map(([name, entry]) => [
        name,
        { ...entry, port: (entry.port ?? 0) + 1000 } as ServiceEntry,
      ]),
    ),
  }),
};

const at = (object: any, path: string) => path.split(".").reduce((value, key) => value?.[key], object);

/** Immutable fields that differ between two renderings of the same resource, `kind name field`, but for ignored ones. */
function differences(before: Rendered[], after: Rendered[]): { kind: string; line: string; field: string }[] {
  const old = new Map(before.map((one) => [`${one.type} ${one.name}`, one]));
  return after.flatMap(({ type, name, inputs, options }) => {
    const previous = old.get(`${type} ${name}`);
    const { kind } = inputs;
    if (!kind || !previous) return [];
    return (IMMUTABLE[kind]?.fields ?? [])
      .filter((field) => !isDeepStrictEqual(at(previous.inputs, field), at(inputs, field)))
      .filter(
        (field) => !options.ignoreChanges?.some((path) => field === path || field.startsWith(`${path}.`)),
      )
      .map((field) => ({ kind, field, line: `${kind} ${name}: ${field}` }));
  });
}

/**
 * Fields of these resources that would be sent as an update and be refused. An object that has another name as well is
 * another object.
 */
function refused(changes: ReturnType<typeof differences>): string[] {
  const renamed = new Set(
    changes.filter(({ field }) => field === "metadata.name").map(({ line }) => line.split(":")[0]),
  );
  return changes
    .filter(({ kind, field }) => !IMMUTABLE[kind]?.replaced.includes(field))
    .map(({ line }) => line)
    .filter((line) => !renamed.has(line.split(":")[0]));
}

describe("A change", function () {
  let before: Rendered[];
  this.beforeAll(async () => {
    before = await render(malai, settingsOf("dev"));
  });

  const changed: [string, () => Promise<Rendered[]>][] = [
    ...Object.entries(SETTINGS).map(([what, values]): [string, () => Promise<Rendered[]>] => [
      what,
      () => render(malai, settingsOf("dev", values)),
    ]),
    ...Object.entries(CATALOGS).map(([what, change]): [string, () => Promise<Rendered[]>] => [
      what,
      () => render(change(malai), settingsOf("dev")),
    ]),
  ];
  for (const [what, rerender] of changed) {
    it(`[R42] to ${what} updates no immutable field, and replaces no data`, async () => {
      const changes = differences(before, await rerender());
      expect(refused(changes)).to.deep.equal([]);
      const data = changes.filter(({ kind }) => DATA_KINDS.includes(kind));
      expect(data.map(({ line }) => line)).to.deep.equal([]);
    });
  }

  it("[R42] to another tier keeps every password", async () => {
    const passwords = (resources: Rendered[]) =>
      resources.filter(({ type }) => type === RANDOM).map(({ name, inputs }) => [name, inputs]);
    expect(passwords(await render(malai, settingsOf("dev", { tier: "production" })))).to.deep.equal(
      passwords(before),
    );
  });
});

describe("Immutable fields", () => {
  it("[R42] are known of every kind that the program makes", async () => {
    const kinds = new Set<string>();
    for (const changes of [{}, { frontDoor: { kind: "controller" } }]) {
      for (const { inputs } of await render(malai, settingsOf("prod", changes))) {
        if (inputs.kind) kinds.add(inputs.kind);
      }
    }
    expect(Object.keys(IMMUTABLE)).to.include.members([...kinds]);
    expect([...kinds]).to.include.members(["PriorityClass", "Ingress", "Job", ...DATA_KINDS]);
  });

  it("[R42] of volumes are left alone when a setting says otherwise", async () => {
    const stores = (await render(malai, settingsOf("prod"))).filter(({ inputs }) =>
      DATA_KINDS.includes(inputs.kind),
    );
    for (const { inputs, options } of stores) {
      const ignored = inputs.kind === "StatefulSet" ? "spec.volumeClaimTemplates" : "spec.storageClassName";
      expect(options.ignoreChanges, inputs.metadata.name).to.deep.equal([ignored]);
      expect(options.protect, inputs.metadata.name).to.equal(true);
    }
  });
});
