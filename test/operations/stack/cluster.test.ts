import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UserError } from "../../../operations/errors";
import { clusterOf } from "../../../operations/stack/cluster";
import { readStack } from "../../../operations/stack/stack-file";

describe("The cluster of a stack", () => {
  const before = process.env.KUBECONFIG;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = before;
  });

  it("[C6] is the context that its file names, in any of the kubeconfigs, whatever the current one is", () => {
    process.env.KUBECONFIG = [kubeconfig("production"), kubeconfig("microservice-platform")].join(":");
    const cluster = clusterOf(readStack("dev"));
    expect(cluster.getCurrentContext()).to.equal("microservice-platform");
    expect(cluster.getCurrentCluster()?.server).to.equal("https://microservice-platform.example");
  });

  it("[C6] is no other one, when the kubeconfig has no such context", () => {
    process.env.KUBECONFIG = kubeconfig("somewhere-else");
    expect(() => clusterOf(readStack("dev"))).to.throw(
      UserError,
      'stack dev is on the cluster "microservice-platform", which your kubeconfig does not have\n  it has: somewhere-else.',
    );
  });

  function kubeconfig(name: string): string {
    const path = join(folder, name);
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server: `https://${name}.example` } }],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    };
    writeFileSync(path, JSON.stringify(config));
    return path;
  }
});
