import { expect } from "chai";
import { type Catalog, database, persistent, scratch } from "../../../model/catalog";
import { check } from "../../../model/checks";
import { makePlan } from "../../../model/make-plan";
import { volumesOf } from "../../../model/plan";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, renderPlan, settingsOf } from "../../support/render";

const role = { "example.com/role": "shop" };
const pod = {
  volumes: { "/cache": scratch("1Gi"), "/data": persistent("5Gi") },
  files: { "/etc/app/config": "a: b" },
  serviceAccountAnnotations: role,
  cloudMetadata: true,
};
const catalog: Catalog = {
  ...(malai as Catalog),
  services: {
    web: {
      port: 3000,
      ...pod,
      uses: [database("shop")],
      migration: { command: ["migrate"] },
      containers: { proxy: { image: "docker.io/acme/proxy:1.2.3" } },
    },
    nightly: {
      kind: "cronJob",
      schedule: "@daily",
      ...pod,
      transform: {
        pod: ({ spec }) => {
          spec.hostAliases = [{ ip: "10.0.0.1", hostnames: ["legacy"] }];
        },
        job: ({ spec }) => {
          spec.ttlSecondsAfterFinished = 60;
        },
        cronJob: ({ spec }) => {
          spec.suspend = true;
        },
      },
    },
  },
};

describe("The pods of jobs and migrations", () => {
  const settings = settingsOf("prod", { services: {}, configuration: {} }, catalog);
  const plan = makePlan(catalog, settings);
  let resources: Rendered[];
  before(async () => {
    resources = await renderPlan(plan);
  });
  const migration = () => objectOf(resources, "Job", "web-migration-v1").spec.template;
  const cronJob = () => objectOf(resources, "CronJob", "nightly").spec;

  it("[N3] [N7] have the volumes, the files and the claims of their entry", () => {
    const { spec } = cronJob().jobTemplate.spec.template;
    expect(spec.volumes).to.deep.include.members([
      { name: "volume-cache", emptyDir: { sizeLimit: "1Gi" } },
      { name: "volume-data", persistentVolumeClaim: { claimName: "nightly-data" } },
      { name: "files", configMap: { name: "nightly-files" } },
    ]);
    expect(objectOf(resources, "ConfigMap", "nightly-files").data).to.deep.equal({
      "etc..app..config": "a: b",
    });
    expect(volumesOf(plan)).to.include({ "services.nightly.volumes./data": "5Gi" });
  });

  it("[N3] [N7] of a migration are those of its service, without what its running pod alone may mount and beside", () => {
    const { spec } = migration();
    expect(spec.volumes.map(({ name }: { name: string }) => name)).to.include.members([
      "volume-cache",
      "files",
    ]);
    expect(spec.volumes.map(({ name }: { name: string }) => name)).to.not.include("volume-data");
    expect(spec.volumes).to.deep.include({ name: "files", configMap: { name: "web-files" } });
    expect(spec.containers).to.have.lengthOf(1);
  });

  it("[N3] [N9] have the identity of their entry at its cloud, and may ask for it", () => {
    for (const account of ["web-migration", "nightly"]) {
      expect(objectOf(resources, "ServiceAccount", account).metadata.annotations).to.deep.equal(role);
      const { egress } = objectOf(resources, "NetworkPolicy", account).spec;
      expect(JSON.stringify(egress)).to.contain("169.254.169.254/32");
    }
    expect(migration().metadata.annotations["traffic.sidecar.istio.io/excludeOutboundIPRanges"]).to.contain(
      "169.254.169.254/32",
    );
  });

  it("[N3] [N17] of a cron job are changed by its transform, as are its Jobs and itself", () => {
    const { suspend, jobTemplate } = cronJob();
    expect(suspend).to.equal(true);
    expect(jobTemplate.spec.ttlSecondsAfterFinished).to.equal(60);
    expect(jobTemplate.spec.template.spec.hostAliases).to.deep.equal([
      { ip: "10.0.0.1", hostnames: ["legacy"] },
    ]);
    expect(migration().spec.hostAliases).to.equal(undefined);
  });

  it("[N3] [N7] of a cron job do not run beside each other where they mount a persistent volume", () => {
    const entry = { ...catalog.services.nightly, concurrency: "Allow" } as Catalog["services"][string];
    const several = { ...catalog, services: { nightly: entry } };
    expect(
      check(makePlan(several, settings)).filter(({ at }) => at.startsWith("services.nightly")),
    ).to.deep.equal([
      {
        at: "services.nightly.concurrency",
        problem: "two runs at once, and its persistent volume is mounted by one pod at a time",
        remedy: 'leave it out, or write "Replace"',
      },
    ]);
  });

  it("[N9] past the sidecar go name servers and the metadata server in one annotation", async () => {
    const nameServers = { cluster: { nameServers: ["169.254.20.10"] } };
    const others = makePlan(
      catalog,
      settingsOf("prod", { services: {}, configuration: {}, ...nameServers }, catalog),
    );
    const { annotations } = objectOf(await renderPlan(others), "Deployment", "web").spec.template.metadata;
    expect(annotations["traffic.sidecar.istio.io/excludeOutboundIPRanges"]).to.equal(
      "169.254.20.10/32,169.254.169.254/32,169.254.169.252/32,169.254.170.23/32",
    );
  });
});
