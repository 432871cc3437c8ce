import { baseLayer } from "../../../embedded/images/base";
import { importImages } from "../../../embedded/images/containerd";
import { nodeLayer } from "../../../embedded/images/node";
import { imageOf } from "../../../embedded/images/oci";
import { serviceStandIn } from "../../../embedded/images/service";
import { standInLayer } from "../../../embedded/images/stand-in-layer";

/**
 * What makes a version a bad one: a script that Node runs before the service's own, in the process that serves. It
 * leaves the paths of the probes alone, as a real mistake would.
 */
const faults = {
  /** Nothing: another image of the same service. */
  good: "",
  /** One request in two fails. */
  errors: `answer((request, response, pass) =>
    Math.random() < 0.5 ? response.writeHead(500).end('{"error":"bad version"}') : pass());`,
  /** Every request takes 400 ms more. */
  slow: "answer((request, response, pass) => setTimeout(pass, 400));",
  /** Ends at its twentieth request. */
  crashing: `let left = 20;
    answer((request, response, pass) => (left-- > 0 ? pass() : process.exit(1)));`,
  /** Does what a request's header says, and fails altogether while /tmp/fail is there. */
  puppet: `const { existsSync } = require("node:fs");
    answer((request, response, pass) => {
      const fail = () => response.writeHead(500).end('{"error":"puppet"}');
      if (existsSync("/tmp/fail")) { console.log("puppet failed", Date.now()); return fail(); }
      const order = request.headers["x-fault"];
      if (order === "flaky" && Math.random() < 0.1) return fail();
      if (order === "slow") return setTimeout(pass, 1500);
      if (order === "late") return setTimeout(pass, 3000);
      if (order === "stuck") return setTimeout(pass, 15_000);
      if (order === "long") {
        response.writeHead(200);
        let left = 12;
        const drip = setInterval(() => (left-- > 0 ? response.write("drop") : (clearInterval(drip), response.end())), 1000);
        return;
      }
      return pass();
    });`,
  /** Is alive, and never ready. */
  unready: `answer((request, response, pass) =>
    request.url.includes("/health/ready") ? response.writeHead(503).end() : pass(), true);`,
};

export type Fault = keyof typeof faults;

/** Comes between the server and its requests. */
const preload = (fault: Fault) => `
const { Server } = require("node:http");
const { emit } = Server.prototype;
let handler = (request, response, pass) => pass();
const answer = (own, probes = false) => {
  handler = (request, response, pass) =>
    !probes && /health|metrics/.test(request.url) ? pass() : own(request, response, pass);
};
Server.prototype.emit = function (event, request, response) {
  if (event !== "request") return emit.apply(this, arguments);
  handler(request, response, () => emit.call(this, event, request, response));
  return true;
};
${faults[fault]}
`;

/**
 * Puts a version of a service into the cluster's container runtime.
 * @param repository such as `docker.io/malai/auth-service`
 * @returns the image's name with its tag
 */
export async function makeVersion(repository: string, tag: string, fault: Fault = "good"): Promise<string> {
  const quiet = () => {};
  const service = await serviceStandIn();
  const entries = [
    ...(service.entries ?? []),
    { kind: "file" as const, path: "app/preload.js", content: preload(fault) },
  ];
  const config = {
    ...service.config,
    Env: [...(service.config.Env ?? []), "NODE_OPTIONS=--require=/app/preload.js", `RELEASE=${tag}`],
  };
  const ref = `${repository}:${tag}`;
  const layers = [
    await baseLayer(quiet),
    await nodeLayer(quiet),
    await standInLayer("service", { ...service, entries }),
  ];
  await importImages([imageOf(ref, config, layers)], quiet);
  return ref;
}
