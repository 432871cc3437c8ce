import type { V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";
import { imagesOf, runningIn } from "../../../operations/promotion/images";
import { formatPromotion } from "../../../operations/promotion/promote";
import { objections, promotionOf, type Situation } from "../../../operations/promotion/promotion";
import type { VerifiedRecord } from "../../../operations/promotion/record";
import { readStack, type Stack } from "../../../operations/stack/stack-file";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const HEAD = "1".repeat(40);

const dev = readStack("dev");
const prod: Stack = { ...readStack("prod"), digests: { "auth-service": digest("0") } };
const names = dev.plan.services.map(({ name }) => name);
const images = Object.fromEntries([...names, "postgres"].map((name) => [name, digest("a")]));
const record: VerifiedRecord = {
  stack: "dev",
  catalog: "malai",
  commit: HEAD,
  time: "2026-01-02T03:04:05.000Z",
  images,
};
const sound: Situation & { record: VerifiedRecord } = {
  from: dev,
  to: prod,
  checkout: { commit: HEAD, changed: [] },
  record,
  running: { digests: images, problems: [] },
};

describe("A promotion", () => {
  it("[C6] has nothing against it when dev runs what was verified, at this commit", () => {
    expect(objections(sound)).to.deep.equal([]);
  });

  it("[C6] takes exactly the digests that dev ran, the stores' included", () => {
    const { images: promoted, commit } = promotionOf(sound);
    expect(Object.fromEntries(promoted.map(({ name, after }) => [name, after]))).to.deep.equal(images);
    expect(commit).to.equal(HEAD);
  });

  it("[C6] is refused when dev was never verified", () => {
    expect(objections({ ...sound, record: undefined })).to.deep.equal([
      "dev is not verified; run: npx ops verify --stack dev",
    ]);
  });

  it("[C6] is refused when the record is another stack's", () => {
    expect(objections({ ...sound, record: { ...record, stack: "test" } })).to.deep.equal([
      "dev is not verified; run: npx ops verify --stack dev",
    ]);
  });

  it("[C6] is refused at another commit than the verified one", () => {
    const checkout = { commit: "2".repeat(40), changed: [] };
    expect(objections({ ...sound, checkout })).to.deep.equal([
      "dev was verified at commit 111111111111, this is 222222222222; check out 111111111111, " +
        "or bring this one up in dev and run: npx ops verify --stack dev",
    ]);
  });

  it("[C6] is refused when an image has changed since", () => {
    const running = { digests: { ...images, "auth-service": digest("b") }, problems: [] };
    expect(objections({ ...sound, running })).to.deep.equal([
      "auth-service has changed in dev since it was verified: sha256:aaaaaaaaaaaa then, " +
        "sha256:bbbbbbbbbbbb now; run: npx ops verify --stack dev",
    ]);
  });

  it("[C6] is refused when something runs that was not verified, or is gone", () => {
    const { postgres: _, ...rest } = images;
    const running = { digests: { ...rest, redis: digest("c") }, problems: [] };
    expect(objections({ ...sound, running })).to.deep.equal([
      "postgres has changed in dev since it was verified: sha256:aaaaaaaaaaaa then, nothing now; run: npx ops verify --stack dev",
      "redis has changed in dev since it was verified: nothing then, sha256:cccccccccccc now; run: npx ops verify --stack dev",
    ]);
  });

  it("[C6] is refused with something that is not committed", () => {
    const checkout = { commit: HEAD, changed: ["platforms/malai.ts"] };
    expect(objections({ ...sound, checkout })).to.deep.equal([
      "platforms/malai.ts is not committed: what was verified does not hold it; commit or undo it",
    ]);
  });

  it("[C6] is refused between two catalogs", () => {
    expect(objections({ ...sound, to: readStack("dealcycle-prod") })).to.deep.equal([
      "dev runs the catalog malai, dealcycle-prod runs dealcycle: they share no images",
    ]);
  });

  it("[C6] is refused when prod has a service that dev did not run", () => {
    const { "auth-service": _, ...rest } = images;
    const running = { digests: rest, problems: [] };
    expect(objections({ ...sound, record: { ...record, images: rest }, running })).to.deep.equal([
      "auth-service runs in prod and not in dev: its image is not verified",
    ]);
  });

  it("[C6] shows the commit, and of each image what it is now and what it becomes", () => {
    const lines = formatPromotion(promotionOf(sound)).split("\n");
    expect(lines[0]).to.equal(`Commit ${HEAD}, verified in dev at 2026-01-02T03:04:05.000Z`);
    const row = (name: string) =>
      lines
        .find((line) => line.includes(name))
        ?.split(/\s*│\s*/)
        .filter(Boolean);
    expect(row("auth-service")).to.deep.equal([
      "auth-service",
      "sha256:000000000000",
      "sha256:aaaaaaaaaaaa",
      "changes",
    ]);
    expect(row("postgres")).to.deep.equal(["postgres", "by its tag", "sha256:aaaaaaaaaaaa", "new"]);
  });
});

describe("The images that a stack runs", () => {
  const refOf = (name: string) => imagesOf(dev.plan).find((image) => image.includes(`/${name}:`)) ?? "";
  const pod = (
    name: string,
    imageID: string,
    { phase = "Running", image = refOf(name), more = {} } = {},
  ): V1Pod => ({
    metadata: { name, ...more },
    spec: { containers: [{ name, image }] },
    status: {
      phase,
      containerStatuses: [{ name, image, imageID, ready: true, restartCount: 0 }],
    },
  });
  const all = names.map((name) => pod(name, `docker.io/malai/${name}@${digest("a")}`));

  it("[C6] are told by the digests that the nodes report", () => {
    const running = runningIn(
      [...all, pod("postgres", `docker.io/library/postgres@${digest("d")}`)],
      dev.plan,
    );
    expect(running.problems).to.deep.equal([]);
    expect(running.digests).to.deep.equal({
      ...Object.fromEntries(names.map((name) => [name, digest("a")])),
      postgres: digest("d"),
    });
  });

  it("[C6] do not hold what a sidecar or a canary of another tag runs, nor what has failed or is going", () => {
    const others = [
      pod("auth-service", `x@${digest("e")}`, { image: "docker.io/malai/auth-service:2.0.0" }),
      pod("proxy", `x@${digest("e")}`, { image: "docker.io/istio/proxyv2:1.31" }),
      pod("auth-service", `x@${digest("e")}`, { phase: "Failed" }),
      pod("auth-service", `x@${digest("e")}`, { more: { deletionTimestamp: new Date() } }),
    ];
    expect(runningIn([...all, ...others], dev.plan)).to.deep.equal(runningIn(all, dev.plan));
  });

  it("[N1] are known by the services that run them, whatever their images are called", () => {
    const services = dev.plan.services.map((service) => ({ ...service, image: "ghcr.io/shop/monolith:1.0" }));
    const monolith = pod("a", `ghcr.io/shop/monolith@${digest("c")}`, { image: "ghcr.io/shop/monolith:1.0" });
    const { digests, problems } = runningIn([monolith], { ...dev.plan, services });
    expect(problems).to.deep.equal([]);
    expect(digests).to.deep.equal(Object.fromEntries(names.map((name) => [name, digest("c")])));
  });

  it("[C6] cannot be told while two digests of one run, as in the middle of a rollout", () => {
    const { problems } = runningIn([...all, pod("auth-service", `x@${digest("b")}`)], dev.plan);
    expect(problems).to.deep.equal([
      `auth-service runs with 2 digests at once: ${digest("a")} (pod auth-service), ${digest("b")} (pod auth-service); ` +
        "its tag was moved, or it is being rolled out: wait for that, or restart what runs the older one",
    ]);
  });

  it("[R29] are those of what serves, not of Jobs that have ended before a tag was moved", () => {
    const serving = pod("postgres-0", `docker.io/library/postgres@${digest("d")}`, {
      image: refOf("postgres"),
    });
    const ended = pod("postgres-auth-1", `docker.io/library/postgres@${digest("c")}`, {
      image: refOf("postgres"),
      phase: "Succeeded",
    });
    const running = runningIn([...all, ended, serving], dev.plan);
    expect(running.problems).to.deep.equal([]);
    expect(running.digests.postgres).to.equal(digest("d"));
  });

  it("[R29] are those of the last Job where nothing that serves runs an image", () => {
    const ended = (name: string, digit: string, day: number) =>
      pod(name, `x@${digest(digit)}`, {
        image: refOf("postgres"),
        phase: "Succeeded",
        more: { creationTimestamp: new Date(2026, 0, day) },
      });
    const running = runningIn([...all, ended("new", "e", 2), ended("old", "c", 1)], dev.plan);
    expect(running.problems).to.deep.equal([]);
    expect(running.digests.postgres).to.equal(digest("e"));
  });

  it("[C6] cannot be told of an image that no registry knows", () => {
    const { problems } = runningIn([...all, pod("redis", digest("f"))], dev.plan);
    expect(problems).to.deep.equal([
      `${refOf("redis")} has no digest of a registry: the node knows it as "${digest("f")}"`,
    ]);
  });

  it("[C6] cannot be told of a service without pods", () => {
    const { problems } = runningIn(all.slice(1), dev.plan);
    expect(problems).to.deep.equal([
      `${names[0]} runs nowhere: no pod has a container with ${refOf(names[0] ?? "")}`,
    ]);
  });
});
