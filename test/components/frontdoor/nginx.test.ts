import { expect } from "chai";
import { metricsPage, scripts } from "../../../components/frontdoor/nginx";
import { frontDoorOf, planWith } from "./support";

describe("nginx of the platform's own", () => {
  let objects: Record<string, any>;
  let containers: any[];
  before(async () => {
    objects = await frontDoorOf(planWith("prod"));
    containers = objects["Deployment nginx"].spec.template.spec.containers;
  });

  it("[O8] is a Deployment with its configuration, an account and a budget", () => {
    expect(Object.keys(objects)).to.have.members([
      "ServiceAccount nginx",
      "ConfigMap nginx",
      "Deployment nginx",
      "Service nginx",
      "PodDisruptionBudget nginx",
    ]);
    const { "nginx.conf": _, ...files } = objects["ConfigMap nginx"].data;
    expect(files).to.deep.equal({ ...scripts, "metrics.ssi": metricsPage });
    expect(Object.keys(files)).to.have.members(["discovery.sh", "certificate.sh", "metrics.ssi"]);
  });

  it("[O9] asks for the service in a mesh, so that its sidecar heeds the weights of the versions", () => {
    expect(containers[0].args).to.deep.equal(["api-gateway=api-gateway:80"]);
  });

  it("[O8] without a mesh balances over the ready pods, not over one address that stands for them", async () => {
    const alone = await frontDoorOf(planWith("prod", {}, { mesh: { enabled: false } }));
    const { spec } = alone["Service api-gateway-pods"];
    expect(spec).to.deep.include({ clusterIP: "None", publishNotReadyAddresses: false });
    expect(spec.selector).to.deep.equal({ app: "api-gateway" });
    expect(alone["Deployment nginx"].spec.template.spec.containers[0]).to.deep.include({
      command: ["sh", "/etc/nginx/discovery.sh", "run"],
      args: ["api-gateway=api-gateway-pods:3000"],
    });
  });

  it("[D4] sees the clients' own addresses", () => {
    expect(objects["Service nginx"].spec.externalTrafficPolicy).to.equal("Local");
  });

  it("leaves the policy to Kubernetes where it is reached from inside only", async () => {
    const inside = await frontDoorOf(planWith("prod", { type: "ClusterIP" }));
    expect(inside["Service nginx"].spec).not.to.have.property("externalTrafficPolicy");
  });

  it("[O13] checks its container twice, in different ways", () => {
    expect(containers.map(({ name }) => name)).to.deep.equal(["nginx"]);
    for (const { name, livenessProbe, readinessProbe, resources, securityContext } of containers) {
      const handler = ({ httpGet, tcpSocket, exec }: any) => JSON.stringify({ httpGet, tcpSocket, exec });
      expect(handler(livenessProbe), name).not.to.equal(handler(readinessProbe));
      expect(resources.limits, name).to.include.keys("cpu", "memory", "ephemeral-storage");
      expect(securityContext.readOnlyRootFilesystem, name).to.equal(true);
    }
  });

  it("[D6] tells Prometheus its metrics on the port of the table of workloads, out of a page of its own loopback", () => {
    expect(containers[0].ports).to.deep.include({ name: "metrics", containerPort: 9113 });
    expect(objects["ConfigMap nginx"].data["nginx.conf"]).to.contain("listen 9113;");
    expect(objects["ConfigMap nginx"].data["nginx.conf"]).to.match(
      /listen 127\.0\.0\.1:8081;[^}]*location = \/stub_status/,
    );
  });

  it("[O12] ends only after what it has begun", () => {
    const { terminationGracePeriodSeconds } = objects["Deployment nginx"].spec.template.spec;
    const { seconds } = containers[0].lifecycle.preStop.sleep;
    expect(terminationGracePeriodSeconds - seconds).to.be.above(60);
  });

  it("[R1] mounts the certificate as a folder, which the kubelet renews, and serves a copy that is on no disk", () => {
    const { volumes } = objects["Deployment nginx"].spec.template.spec;
    const mounts = containers[0].volumeMounts;
    expect(mounts).to.deep.include({ name: "tls", mountPath: "/etc/nginx/tls", readOnly: true });
    expect(mounts).to.deep.include({ name: "certificate", mountPath: "/certificate" });
    expect(volumes).to.deep.include({
      name: "certificate",
      emptyDir: { medium: "Memory", sizeLimit: "1Mi" },
    });
    expect(containers[0].env).to.deep.include.members([
      { name: "CERTIFICATE", value: "/etc/nginx/tls" },
      { name: "SERVED_CERTIFICATE", value: "/certificate" },
    ]);
    expect(containers[0].ports).to.deep.include({ name: "metrics", containerPort: 9113 });
  });

  it("[R6] keeps bodies in memory that has an end, half of what the container may take", () => {
    const { volumes } = objects["Deployment nginx"].spec.template.spec;
    expect(containers[0].volumeMounts).to.deep.include({ name: "bodies", mountPath: "/bodies" });
    expect(volumes).to.deep.include({ name: "bodies", emptyDir: { medium: "Memory", sizeLimit: "256Mi" } });
    expect(containers[0].resources.limits.memory).to.equal("512Mi");
    expect(objects["ConfigMap nginx"].data["nginx.conf"]).to.contain("client_body_temp_path /bodies;");
  });

  it("[R66] drains for longer than a load balancer's checks take, or as long as the settings say", async () => {
    const shutdown = async (frontDoor: Record<string, unknown>) => {
      const { spec } = (await frontDoorOf(planWith("prod", frontDoor)))["Deployment nginx"].spec.template;
      return [spec.containers[0].lifecycle.preStop.sleep.seconds, spec.terminationGracePeriodSeconds];
    };
    expect(await shutdown({ type: "LoadBalancer" })).to.deep.equal([30, 95]);
    expect(await shutdown({ type: "NodePort" })).to.deep.equal([5, 70]);
    expect(await shutdown({ type: "LoadBalancer", drainSeconds: 90 })).to.deep.equal([90, 155]);
  });

  it("rolls when a route, the limits or the script change, and not otherwise", async () => {
    const annotation = async (frontDoor = {}) =>
      (await frontDoorOf(planWith("prod", frontDoor)))["Deployment nginx"].spec.template.metadata.annotations;
    expect(await annotation()).to.deep.equal(await annotation({ replicas: 2 }));
    expect(await annotation()).not.to.deep.equal(await annotation({ hstsMaxAge: 5 }));
  });
});
