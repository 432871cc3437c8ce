import { expect } from "chai";
import { formatStatus } from "../../operations/status";
import type { Workload } from "../../operations/workloads";

const now = new Date("2026-01-01T12:00:00Z");

const workload: Workload = {
  kind: "Deployment",
  namespace: "malai",
  name: "auth-service",
  ready: false,
  pods: { ready: 1, desired: 2 },
  image: "auth-service:1.0.0",
  restarts: 3,
  created: new Date("2026-01-01T11:30:00Z"),
  reason: "ImagePullBackOff: no such image",
  autoscaler: {
    min: 2,
    max: 10,
    current: 2,
    metrics: [
      { resource: "cpu", target: 70 },
      { resource: "memory", current: 40, target: 80 },
    ],
  },
};

describe("Status", () => {
  it("is one table: what is ready, which version, how it scales, since when, or why not", () => {
    const text = formatStatus({ ready: false, workloads: [workload], daemons: [], urls: [] }, now);
    const row = text.split("\n").find((line) => line.includes("auth-service"));
    const cells = row
      ?.split("│")
      .map((cell) => cell.trim())
      .filter(Boolean);
    expect(cells).to.deep.equal([
      "Deployment auth-service",
      "1/2",
      "auth-service:1.0.0",
      "2 of 2–10, cpu –/70 %, memory 40/80 %",
      "3",
      "30 min",
      "ImagePullBackOff: no such image",
    ]);
  });

  it("names the daemons that do not run, and the URLs", () => {
    const daemons = [
      { name: "etcd", running: true },
      { name: "kubelet", running: false },
    ];
    const text = formatStatus(
      { ready: true, workloads: [], daemons, urls: ["https://malai.localhost:8443"] },
      now,
    );
    expect(text).to.contain("not running: kubelet").and.contain("https://malai.localhost:8443");
  });
});
