import { Agent } from "node:https";
import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import { until } from "../support/until";
import { runningPods } from "./support/cluster";
import { callsTo } from "./support/front-door";
import { shell, succeed } from "./support/stack";

const NAMESPACE = "dealcycle-crm";
/** Few connections that stay: with one for each request a burst would be as slow as its handshakes. */
const call = callsTo("dealcycle-dev", new Agent({ keepAlive: true, maxSockets: 20 }));
const kubectl = (...args: string[]) => succeed("kubectl", "-n", NAMESPACE, ...args);
const get = async (...args: string[]) => JSON.parse(await kubectl("get", ...args, "-o", "json"));

/** Runs a script in a pod of a service, as that service: what it may reach, the script may. */
const within = (service: string, script: string) =>
  shell("kubectl", "-n", NAMESPACE, "exec", `deployment/${service}`, "--", "node", "-e", script);

/** Prints the status of a request, or the code of the error that ends it, on a connection of its own. */
const request = (url: string) =>
  `require("http").get("${url}", { agent: false, timeout: 3000 }, (r) => { let t = ""; r.on("data", (d) => t += d); ` +
  `r.on("end", () => console.log(r.statusCode, t)); }).on("timeout", function () { this.destroy(new Error("no answer")); })` +
  `.on("error", (e) => console.log(e.message));`;

describe("dealcycle-crm", () => {
  for (const name of ["auth", "leads", "buyers", "users"]) {
    it(`[D4] answers /${name} from ${name}-service`, async () => {
      const { status, body } = await call("GET", `/${name}/whoami`);
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(body.service).to.equal(`${name}-service`);
    });
  }

  it("[D4] answers no path that only begins with a route's name", async () => {
    expect(await call("GET", "/leadsheet")).to.include({ status: 404 });
  });

  it("[D4] spreads the requests of a round-robin route over all replicas", async () => {
    const pods = (await runningPods("leads-service", NAMESPACE)).map(({ metadata }) => metadata.name);
    expect(pods).to.have.length.of.at.least(2);
    const answers = await Promise.all(Array.from({ length: 20 }, () => call("GET", "/leads/whoami")));
    for (const pod of pods) {
      const share = answers.filter(({ body }) => body.instance === pod).length;
      expect(share, pod).to.be.within(1, 20 - (pods.length - 1));
    }
  });

  it("keeps what is posted, and reads it back", async () => {
    const created = await call("POST", "/leads/items", { name: "three bedrooms" });
    expect(created.status, JSON.stringify(created.body)).to.equal(201);
    const { body } = await call("GET", `/leads/items/${created.body.id}`);
    expect(body).to.include({ name: "three bedrooms" });
  });

  it("[D1] finds a service at port 80, at its API port, and by its headless name", async () => {
    for (const url of ["http://leads-service/health", "http://leads-service:3002/health"]) {
      expect((await within("buyers-service", request(url))).stdout).to.match(/^200 /);
    }
    const resolve =
      'require("dns").promises.resolve4("leads-service-headless.dealcycle-crm.svc.cluster.local").then((a) => console.log(JSON.stringify(a.sort())))';
    const ask = async () => {
      const pods = await runningPods("leads-service", NAMESPACE);
      const { stdout } = await within("buyers-service", resolve);
      return [JSON.parse(stdout), pods.map(({ status }) => status.podIP).sort()];
    };
    // What is resolved is kept for some seconds.
    await until("the name leads to every pod", 30, ask, ([found, pods]) => isDeepStrictEqual(found, pods));
  });

  it("[D1] keeps a client on one pod", async () => {
    const pods = new Set<string>();
    for (let turn = 0; turn < 6; turn++) {
      const { stdout } = await within("buyers-service", request("http://leads-service/whoami"));
      pods.add(JSON.parse(stdout.replace(/^200 /, "")).instance);
    }
    expect([...pods]).to.have.length(1);
  });

  it("[D12] refuses a connection that no catalog entry declares", async () => {
    expect((await within("users-service", request("http://auth-service/whoami"))).stdout).to.match(/^200 /);
    // Its own sidecar knows no way there.
    expect((await within("users-service", request("http://leads-service/whoami"))).stdout).to.match(
      /^(502 |no answer$)/,
    );
  });

  it("[D3] scales up twofold in 15 s and down by a tenth a minute", async () => {
    const { spec } = await get("hpa", "leads-service");
    const policy = ({ policies }: any) =>
      policies.map(({ type, value, periodSeconds }: any) => [type, value, periodSeconds]);
    expect(policy(spec.behavior.scaleUp)).to.deep.equal([["Percent", 100, 15]]);
    expect(policy(spec.behavior.scaleDown)).to.deep.equal([["Percent", 10, 60]]);
  });

  // Last: whoever asks right after it is turned away as well.
  it("[D4] answers 429 to a client that asks too often, and to none before the burst", async () => {
    const answers = await Promise.all(Array.from({ length: 400 }, () => call("GET", "/users/whoami")));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).to.deep.equal(new Set([200, 429]));
    expect(statuses.filter((status) => status === 200)).to.have.length.of.at.least(100);
  });
});
