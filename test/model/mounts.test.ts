import { expect } from "chai";
import { type Catalog, persistent, type ServiceEntry, scratch } from "../../model/catalog";
import { check } from "../../model/checks";
import { volumeProblems } from "../../model/checks/volumes";
import { makePlan } from "../../model/make-plan";
import { volumesOf } from "../../model/plan";
import type { PodEntry } from "../../model/pods";
import { parseSettings } from "../../model/settings";
import { malai } from "../../platforms/malai";
import { settingsOf } from "../support/render";

type Entry = PodEntry & Pick<ServiceEntry, "containers">;
const catalogOf = (entry: Entry): Catalog => ({
  ...(malai as Catalog),
  services: { web: { port: 3001, ...entry } },
});
const planOf = (entry: Entry, own: Record<string, unknown> = {}) =>
  makePlan(catalogOf(entry), settingsOf("prod", { services: { web: own } }, catalogOf(entry)));
const lines = (entry: Entry, own: Record<string, unknown> = {}) =>
  check(planOf(entry, own)).map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);

describe("Volumes, files and containers of a catalog", () => {
  it("[N7] refuses a path that the platform has, or that is there twice", () => {
    const volumes = {
      "/tmp": scratch("1Gi"),
      "/etc/web": scratch("1Gi"),
    };
    expect(lines({ volumes, files: { "/etc/web": "x", "/etc/platform/ca/ca.crt": "x" } })).to.deep.equal([
      "services.web.volumes: /tmp is the platform's own; choose another path",
      "services.web.files: /etc/web is there twice; give each volume and file a path of its own",
      "services.web.files: /etc/platform/ca/ca.crt is the platform's own; choose another path",
    ]);
  });

  it("[N7] takes hidden files and folders", () => {
    expect(lines({ files: { "/home/app/.config/web.d/.env": "A=1" } })).to.deep.equal([]);
  });

  it("[N7] refuses two volumes of one name", () => {
    expect(lines({ volumes: { "/b/c": scratch("1Gi"), "/b-c": scratch("1Gi") } })).to.deep.equal([
      "services.web.volumes./b-c: its name would be web-b-c, which is that of /b/c of web; choose another path",
    ]);
  });

  it("[N7] refuses a second pod or a second version beside a persistent volume", () => {
    const volumes = { "/data": persistent("1Gi") };
    const release = { version: "v2", tag: "2.0.0" };
    expect(lines({ volumes }, { replicas: { max: 3 }, release })).to.deep.equal([
      "platform:services.web.replicas: 3 replicas, and its persistent volume is mounted by one pod at a time; remove it, or keep what is in the volume in a store",
      "platform:services.web.release: v2 would run beside the version in use, and its persistent volume is mounted by one pod at a time; remove it, and change the tag of the service instead",
    ]);
    expect(lines({ volumes })).to.deep.equal([]);
  });

  it("[N7] lets a persistent volume grow, and refuses to shrink it or to leave its data behind", () => {
    const plan = planOf({ volumes: { "/data": persistent("5Gi") } });
    expect(volumesOf(plan)).to.include({ "services.web.volumes./data": "5Gi" });
    const problemsAfter = (size: string) =>
      volumeProblems(plan, { volumes: { "services.web.volumes./data": size } });
    expect(problemsAfter("1Gi")).to.deep.equal([]);
    expect(problemsAfter("10Gi")).to.deep.equal([
      {
        at: "services.web.volumes./data",
        problem: "5Gi is less than the 10Gi it has",
        remedy: "a volume cannot shrink: write 10Gi or more",
      },
    ]);
    expect(volumeProblems(planOf({}), { volumes: { "services.web.volumes./data": "1Gi" } })).to.deep.equal([
      {
        at: "services.web.volumes./data",
        problem: "its volume of 1Gi holds data, and no service uses it any more",
        remedy: "keep a service that uses it, or set platform:protectData to false first",
      },
    ]);
  });

  it("[N7] refuses the size of a volume that the service does not have", () => {
    const catalog = catalogOf({ volumes: { "/data": persistent("1Gi"), "/cache": scratch("1Gi") } });
    const values = { catalog: "malai", context: "c", certificate: "self-signed" };
    const services = { web: { volumes: { "/cache": "2Gi" } } };
    expect(parseSettings({ ...values, services }, { malai: catalog })).to.deep.equal({
      problems: [
        {
          at: "platform:services.web.volumes./cache",
          problem: 'there is no persistent volume "/cache" in web',
          remedy: "write one of: /data",
        },
      ],
    });
  });

  it("[N7] refuses files over the limit of a ConfigMap, and secrets in them", () => {
    const files = { "/a": "x".repeat(2 ** 20 + 1), "/b": "url: amqp://user:hunter2@mq\n" };
    expect(lines({ files })).to.deep.equal([
      "services.web.files: 1048605 bytes are over the 1048576 of a ConfigMap; put what is large into the image",
      "services.web.files./b: there is a password or a private key in it, and everybody in the namespace may read it; name it under `secrets` of the service",
    ]);
  });

  it("[N7] refuses a container under a name that is taken, a moving tag in production, and a limit below its request", () => {
    const image = "docker.io/acme/proxy:latest";
    const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Mi" } };
    expect(lines({ containers: { web: { image, resources } } })).to.deep.equal([
      `services.web.containers: a container cannot be called "web"; give it a name that is not the service's, and not wait-for-… or istio-…`,
      "services.web.containers.web: the memory limit 1Mi is below the request 1Gi; raise the limit or lower the request",
      "platform:images, proxy: docker.io/acme/proxy:latest is a tag that moves; name a full version or a digest; npx ops promote writes the digests that were tested",
    ]);
  });
});
