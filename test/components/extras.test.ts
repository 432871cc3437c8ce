import * as k8s from "@pulumi/kubernetes";
import { expect } from "chai";
import type { Extras } from "../../components/extras";
import { labelsOf } from "../../components/kube/labels";
import { type Catalog, cache, definePlatform, external, extra, service } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { quantity } from "../../model/quantity";
import { quotaOf } from "../../model/quota";
import { diagramOf } from "../../operations/diagram";
import { malai } from "../../platforms/malai";
import { objectOf, type Rendered, renderPlan, settingsOf } from "../support/render";

const { name, host, probes } = malai;
const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } };

const shop = definePlatform({
  name,
  host,
  probes,
  services: { web: { port: 8080, uses: [extra("search", 7700)] }, other: { port: 8081 } },
  extras: {
    search: {
      ports: [7700, 7701],
      pods: 2,
      resources,
      volumes: ["20Gi"],
      uses: [service("other"), cache(), external("models.example.com")],
      secrets: ["SEARCH_KEY"],
    },
  },
});

const planOf = (catalog: Catalog) =>
  makePlan(catalog, settingsOf("prod", { services: {}, configuration: {} }, catalog));

/** As a team would write it. */
const searchEngine: Extras = ({ namespace, platform, secrets, parent }) => {
  const labels = labelsOf("search", platform);
  const key = secrets.get("SEARCH_KEY");
  new k8s.core.v1.ConfigMap(
    "search",
    { metadata: { name: "search", namespace, labels }, data: { secret: `${key?.secret}/${key?.key}` } },
    { parent },
  );
};

describe("Resources of one's own", () => {
  const plan = planOf(shop as Catalog);
  let made: Rendered[];
  before(async () => {
    made = await renderPlan(plan, searchEngine);
  });

  it("[N17] are made in the platform's namespace, with its labels and the secrets that they name", () => {
    const { metadata, data } = objectOf(made, "ConfigMap", "search");
    expect(metadata).to.deep.include({ namespace: "malai" });
    expect(metadata.labels).to.include({ app: "search", "app.kubernetes.io/part-of": "malai" });
    expect(data).to.deep.equal({ secret: "service-secrets/SEARCH_KEY" });
  });

  it("[N17] are let in by the services that use them, and out to what they use, by the network policies", () => {
    const { ingress, egress } = objectOf(made, "NetworkPolicy", "search").spec;
    const from = (app: string, port: number) => ({
      from: [{ podSelector: { matchLabels: { app } } }],
      ports: [{ protocol: "TCP", port }],
    });
    const to = (app: string, port: number) => ({
      to: [{ podSelector: { matchLabels: { app } } }],
      ports: [{ protocol: "TCP", port }],
    });
    expect(ingress).to.deep.equal([from("web", 7700)]);
    expect(egress.slice(0, 2)).to.deep.equal([to("other", 8081), to("redis", 6379)]);
    expect(egress[2].ports).to.deep.equal([{ protocol: "TCP", port: 443 }]);
    expect(objectOf(made, "NetworkPolicy", "web").spec.egress).to.deep.equal([to("search", 7700)]);
  });

  it("[N17] are in the mesh: who may call them is known, and which names they and their callers may call", () => {
    expect(objectOf(made, "AuthorizationPolicy", "search").spec.rules).to.deep.equal([
      {
        from: [{ source: { principals: ["cluster.local/ns/malai/sa/web"] } }],
        to: [{ operation: { ports: ["7700"] } }],
      },
    ]);
    const hosts = (app: string) => objectOf(made, "Sidecar", app).spec.egress[0].hosts;
    expect(hosts("web")).to.include("./search.malai.svc.cluster.local");
    expect(hosts("search")).to.include.members(["./other.malai.svc.cluster.local", "./models.example.com"]);
    expect(objectOf(made, "ServiceEntry", "models.example.com").spec.hosts).to.deep.equal([
      "models.example.com",
    ]);
  });

  it("[N17] have room in the namespace's quota", () => {
    const without = planOf({
      ...(shop as Catalog),
      services: { web: { port: 8080, uses: [cache()] }, other: { port: 8081 } },
      extras: {},
    });
    const difference = (key: string) =>
      quantity(quotaOf(plan)[key] ?? "") - quantity(quotaOf(without)[key] ?? "");
    expect(difference("persistentvolumeclaims")).to.equal(2);
    expect(difference("requests.storage") / 2 ** 30).to.equal(40);
    // Two pods of one core, each with a sidecar of a tenth, and a tenth of head-room.
    expect(difference("requests.cpu")).to.be.closeTo(2.42, 0.001);
  });

  it("[N17] are an arrow of the diagram", () => {
    expect(diagramOf(shop as Catalog).split("\n")).to.include.members([
      '  search["search"]',
      "  web --> search",
    ]);
  });

  it("[N17] are refused under a name that is taken, at a port that they do not listen on, and without their service", () => {
    const problems = check(
      planOf({
        ...(shop as Catalog),
        services: { web: { port: 3001, uses: [extra("search", 1), extra("nowhere", 2)] } },
        extras: {
          redis: { resources },
          search: { ports: [2], resources, uses: [service("gone")] },
        },
      }),
    );
    expect(problems.map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`)).to.deep.equal([
      "extras.redis: redis is already the name of an object of the platform; give it another name",
      "services.web.uses: search does not listen on 1; add it to `extras` of the catalog, with its ports",
      'services.web.uses: there is no workload "nowhere" in extras; add it to `extras` of the catalog, with its ports',
      'extras.search.uses: there is no service "gone"; write one of: web',
    ]);
  });

  it("[N17] do not compile where a service uses one that the catalog lacks", () => {
    const catalog = definePlatform({
      name,
      host,
      probes,
      services: {
        web: {
          port: 3001,
          // @ts-expect-error there is no workload "serach"
          uses: [extra("serach", 7700)],
        },
      },
      extras: { search: { ports: [7700], resources } },
    });
    expect(catalog.extras).to.have.key("search");
  });
});
