import { expect } from "chai";
import { inNamespace, moduleUrl } from "../support/namespace";

const imports = `
  import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
  import { createServer } from "node:net";
  import { execaSync } from "execa";
  import { removeFiles, unmountAll } from ${moduleUrl("embedded/cluster/node/leftovers.ts")};
  import { removeNetwork } from ${moduleUrl("embedded/cluster/network/bridge.ts")};
  import { claimFile, containerdState, daemonsDir, sysctlsFile, volumesDir } from ${moduleUrl("embedded/cluster/layout.ts")};
  import { clusterDir } from ${moduleUrl("embedded/paths.ts")};
  const write = (path, text = "") => { mkdirSync(path.replace(/[^/]*$/, ""), { recursive: true }); writeFileSync(path, text); };
  const mount = (path) => { mkdirSync(path, { recursive: true }); execaSync("mount", ["-t", "tmpfs", "tmpfs", path]); };
  const print = (value) => console.log(JSON.stringify(value));
  const ipForward = "/proc/sys/net/ipv4/ip_forward";
`;

/** Runs the statements and reads the JSON that they print. */
const run = async (statements: string, setup?: string) =>
  JSON.parse(await inNamespace(`${imports}${statements}`, setup));

describe("make down", () => {
  it("unmounts everything else when one unmount fails, and deletes the rest around what stays mounted", async () => {
    const found = await run(
      `
      for (const name of ["one", "two", "three"]) mount(containerdState + "/" + name);
      write(containerdState + "/two/precious", "kept");
      write(daemonsDir + "/kubelet.json");
      write(claimFile);
      const left = await unmountAll();
      removeFiles();
      print([left, readFileSync(containerdState + "/two/precious", "utf8"), existsSync(daemonsDir), existsSync(claimFile)]);
    `,
      // The real one, to which a mount that it cannot take away is given.
      `mkdir /run/bin
       printf '#!/bin/sh\\nshift\\nfor one; do case $one in */two) status=1;; *) /bin/umount --lazy $one;; esac; done\\nexit $status\\n' >/run/bin/umount
       chmod +x /run/bin/umount
       export PATH=/run/bin:$PATH`,
    );
    expect(found).to.deep.equal([["/run/microservice-platform/containerd/two"], "kept", false, true]);
  });

  it("finds what is mounted below a cache that is reached by a link", async () => {
    const left = await run(`
      const { dirname } = await import("node:path");
      mkdirSync("/run/disk/cluster", { recursive: true });
      mkdirSync(dirname(clusterDir), { recursive: true });
      symlinkSync("/run/disk/cluster", clusterDir);
      mount("/run/disk/cluster/kubelet/a b");
      await unmountAll();
      print(readFileSync("/proc/self/mountinfo", "utf8").includes("/run/disk"));
    `);
    expect(left).to.equal(false);
  });

  it("gives kernel settings back as they were, except those that were set to something else since", async () => {
    const found = await run(`
      const restored = [];
      for (const [before, now] of [["0", "1"], ["1", "0"]]) {
        write(sysctlsFile, JSON.stringify({ "net/ipv4/ip_forward": before }));
        writeFileSync(ipForward, now);
        await removeNetwork();
        restored.push(readFileSync(ipForward, "utf8").trim());
      }
      print(restored);
    `);
    expect(found).to.deep.equal(["0", "0"]);
  });

  it("leaves forwarding on for a bridge that was made since", async () => {
    const found = await run(
      `
      write(sysctlsFile, JSON.stringify({ "net/ipv4/ip_forward": "0" }));
      writeFileSync(ipForward, "1");
      await removeNetwork();
      print(readFileSync(ipForward, "utf8").trim());
    `,
      "ip link add docker0 type bridge",
    );
    expect(found).to.equal("1");
  });

  it("leaves another container runtime's results of CNI, which have the same name", async () => {
    const found = await run(`
      const results = "/var/lib/cni/results/cni-loopback-";
      const result = (namespaces) => JSON.stringify({ result: { interfaces: [{ name: "lo", sandbox: namespaces + "/cni-1" }] } });
      write(results + "ours-lo", result(containerdState + "/io.containerd.grpc.v1.cri/netns"));
      write(results + "other-lo", result("/var/run/netns"));
      removeFiles();
      print(["ours", "other"].map((whose) => existsSync(results + whose + "-lo")));
    `);
    expect(found).to.deep.equal([false, true]);
  });

  it("removes kubelet's socket for device plugins only when it has started a kubelet, and none listens there", async () => {
    const found = await run(`
      const socket = "/var/lib/kubelet/device-plugins/kubelet.sock";
      const removed = () => { removeFiles(); return !existsSync(socket); };
      write(socket);
      const neverStarted = removed();
      write(daemonsDir + "/kubelet.json");
      const afterOurs = removed();
      write(daemonsDir + "/kubelet.json");
      mkdirSync("/var/lib/kubelet/device-plugins", { recursive: true });
      const other = createServer().listen(socket);
      await new Promise((resolve) => other.once("listening", resolve));
      print([neverStarted, afterOurs, removed()]);
      other.close();
    `);
    expect(found).to.deep.equal([false, true, false]);
  });
});

describe("make purge", () => {
  it("deletes nothing while something is mounted below the cluster's folder, and says what", async () => {
    const [message, precious, besides] = await run(`
      const { purgeCluster } = await import(${moduleUrl("embedded/cluster/index.ts")});
      mount(volumesDir + "/mine");
      write(volumesDir + "/mine/precious", "kept");
      write(volumesDir + "/other", "data");
      const error = await purgeCluster(() => {}).catch((error) => error);
      print([error.message, readFileSync(volumesDir + "/mine/precious", "utf8"), existsSync(volumesDir + "/other")]);
    `);
    expect(message).to.match(
      /^still mounted, so nothing around it was deleted: \S+\/cluster\/volumes\/mine\n/,
    );
    expect(message).to.match(/run umount \S+\/cluster\/volumes\/mine, then make down or make purge again/);
    expect([precious, besides]).to.deep.equal(["kept", true]);
  });
});
