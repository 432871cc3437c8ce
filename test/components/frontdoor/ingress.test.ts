import { expect } from "chai";
import { documented } from "./documented-annotations";
import { frontDoorOf, planWith } from "./support";

const ours = (annotations: Record<string, string>) =>
  Object.keys(annotations).filter((key) => !key.startsWith("pulumi.com/"));

describe("Ingresses for F5 NGINX Ingress Controller", () => {
  let crm: Record<string, any>;
  let malai: Record<string, any>;
  before(async () => {
    crm = await frontDoorOf(planWith("dealcycle-prod"));
    malai = await frontDoorOf(planWith("prod", { kind: "controller" }));
  });

  it("[D4] are one master for the host and a minion for each service, and nothing else without a mesh", async () => {
    expect(Object.keys(crm).filter((name) => name.startsWith("Ingress"))).to.deep.equal([
      "Ingress dealcycle-crm",
      "Ingress auth-service",
      "Ingress leads-service",
      "Ingress buyers-service",
      "Ingress users-service",
    ]);
    const without = await frontDoorOf(planWith("dealcycle-prod", {}, { mesh: { enabled: false } }));
    expect(Object.keys(without)).to.deep.equal(Object.keys(crm).filter((name) => name.startsWith("Ingress")));
    for (const { spec } of Object.values(without)) {
      expect(spec.ingressClassName).to.equal("nginx");
      expect(spec.rules.map(({ host }: any) => host)).to.deep.equal(["api.presidentialdigs.com"]);
    }
  });

  it("[D4] have annotations that the controller documents, and no others", () => {
    const used = [...Object.values(crm), ...Object.values(malai)].flatMap(({ metadata }) =>
      ours(metadata.annotations ?? {}),
    );
    expect(used.filter((key) => !documented.includes(key))).to.deep.equal([]);
    expect(used.length).to.be.above(50);
  });

  it("[D4] end TLS at the master with the host's Secret, redirect to HTTPS, and limit each client", () => {
    const { metadata, spec } = crm["Ingress dealcycle-crm"];
    expect(spec.tls).to.deep.equal([{ hosts: ["api.presidentialdigs.com"], secretName: "the-tls" }]);
    expect(spec.rules[0]).not.to.have.property("http");
    expect(metadata.annotations).to.deep.include({
      "nginx.org/mergeable-ingress-type": "master",
      "nginx.org/ssl-redirect": "true",
      "nginx.org/hsts": "true",
      "nginx.org/hsts-max-age": "31536000",
      "nginx.org/limit-req-rate": "50r/s",
      "nginx.org/limit-req-key": `\${binary_remote_addr}`,
      "nginx.org/limit-req-zone-size": "10m",
      "nginx.org/limit-req-burst": "100",
      "nginx.org/limit-req-no-delay": "true",
      "nginx.org/limit-req-reject-code": "429",
      "nginx.org/max-fails": "3",
      "nginx.org/fail-timeout": "30s",
    });
  });

  it("[D4] balance each service in its own way", () => {
    const method = (service: string) => crm[`Ingress ${service}`].metadata.annotations["nginx.org/lb-method"];
    expect(["auth", "leads", "buyers", "users"].map((name) => method(`${name}-service`))).to.deep.equal([
      "ip_hash",
      "round_robin",
      "least_conn",
      "round_robin",
    ]);
    expect(crm["Ingress users-service"].metadata.annotations).to.include({
      "nginx.org/sticky-cookie-services":
        "serviceName=users-service users_service_session httponly secure path=/",
    });
  });

  it("[D4] mean /leads and all below it, which the controller's Prefix alone does not", () => {
    expect(crm["Ingress leads-service"].spec.rules[0].http.paths).to.deep.equal([
      {
        path: "/leads",
        pathType: "Exact",
        backend: { service: { name: "leads-service", port: { name: "http" } } },
      },
      {
        path: "/leads/",
        pathType: "Prefix",
        backend: { service: { name: "leads-service", port: { name: "http" } } },
      },
    ]);
  });

  it("[O8] give WebSockets a minion of their own, with an hour of silence", () => {
    const { annotations } = malai["Ingress api-gateway-websocket"].metadata;
    expect(annotations).to.include({
      "nginx.org/mergeable-ingress-type": "minion",
      "nginx.org/websocket-services": "api-gateway",
      "nginx.org/lb-method": "least_conn",
      "nginx.org/proxy-connect-timeout": "60s",
      "nginx.org/proxy-read-timeout": "3600s",
    });
    expect(malai["Ingress api-gateway"].metadata.annotations).not.to.have.property(
      "nginx.org/websocket-services",
    );
    expect(malai["Ingress api-gateway"].metadata.annotations["nginx.org/proxy-read-timeout"]).to.equal("60s");
  });

  it("[O8] ask another server when one is silent, three times at most", () => {
    expect(malai["Ingress api-gateway"].metadata.annotations).to.include({
      "nginx.org/proxy-next-upstream": "error timeout invalid_header",
      "nginx.org/proxy-next-upstream-tries": "3",
    });
  });

  it("leave out the header for HTTPS, and the burst, where the settings say 0", async () => {
    const plan = planWith("dealcycle-prod", { hstsMaxAge: 0, rateLimit: { burst: 0 } });
    const { annotations } = (await frontDoorOf(plan))["Ingress dealcycle-crm"].metadata;
    expect(annotations["nginx.org/hsts"]).to.equal("false");
    expect(annotations).not.to.include.any.keys("nginx.org/hsts-max-age", "nginx.org/limit-req-burst");
  });

  it("[C3] come with the controller from its chart, in one version, where the settings say so", async () => {
    const plan = planWith("dealcycle-prod", { controller: { install: true, ingressClass: "crm" } });
    const release = (await frontDoorOf(plan))["kubernetes:helm.sh/v3:Release nginx-ingress"];
    expect(release).to.include({
      version: "2.6.4",
      namespace: "nginx-ingress",
      createNamespace: true,
      atomic: true,
    });
    expect(release.chart).to.match(/^oci:.*\/nginx-ingress$/);
    expect(release.values.controller).to.deep.include({
      replicaCount: 2,
      ingressClass: { name: "crm", create: true, setAsDefaultIngress: false },
      healthStatus: true,
      healthStatusURI: "/health",
      enableSnippets: false,
    });
    expect(release.values.controller.config.entries.http2).to.equal("true");
  });

  it("[R9] come with a controller that believes the proxies in front of it, and no others", async () => {
    const entries = async (trustedProxies: string[]) => {
      const plan = planWith("dealcycle-prod", { controller: { install: true }, trustedProxies });
      const release = (await frontDoorOf(plan))["kubernetes:helm.sh/v3:Release nginx-ingress"];
      return release.values.controller.config.entries;
    };
    expect(await entries(["203.0.113.0/24", "2001:db8::/32"])).to.include({
      "set-real-ip-from": "203.0.113.0/24,2001:db8::/32",
      "real-ip-header": "X-Forwarded-For",
      "real-ip-recursive": "true",
    });
    expect(await entries([])).not.to.include.any.keys("set-real-ip-from", "real-ip-header");
  });

  it("[R44] come with a controller that has a sidecar before its calls, and none before its own ports", async () => {
    const release = async (enabled: boolean) => {
      const plan = planWith("dealcycle-prod", { controller: { install: true } }, { mesh: { enabled } });
      return (await frontDoorOf(plan))["kubernetes:helm.sh/v3:Release nginx-ingress"].values.controller.pod;
    };
    const pod = await release(true);
    expect(pod.extraLabels).to.deep.equal({ "sidecar.istio.io/inject": "true" });
    expect(pod.annotations).to.include({
      "traffic.sidecar.istio.io/includeInboundPorts": "",
      "sidecar.istio.io/proxyMemoryLimit": "1Gi",
    });
    // What a release is judged by.
    expect(pod.annotations["proxy.istio.io/config"]).to.contain("upstream_rq_");
    expect(await release(false)).to.equal(undefined);
  });

  it("[R44] let Prometheus find the controller's pods, in its namespace and nowhere else", () => {
    const name = "dealcycle-crm-prometheus-front-door";
    const { metadata, rules } = crm[`Role ${name}`];
    expect(metadata).to.include({ name, namespace: "nginx-ingress" });
    expect(rules).to.deep.equal([{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }]);
    expect(crm[`RoleBinding ${name}`].subjects).to.deep.equal([
      { kind: "ServiceAccount", name: "prometheus", namespace: "dealcycle-crm" },
    ]);
  });

  it("[R66] [R10] come with a controller that drains and keeps WebSockets as our own nginx does", async () => {
    const plan = planWith("dealcycle-prod", { controller: { install: true } });
    const { controller } = (await frontDoorOf(plan))["kubernetes:helm.sh/v3:Release nginx-ingress"].values;
    expect(controller.lifecycle).to.deep.equal({ preStop: { sleep: { seconds: 30 } } });
    expect(controller.terminationGracePeriodSeconds).to.equal(95);
    expect(controller.config.entries).to.include({
      "worker-rlimit-nofile": "16384",
      "worker-shutdown-timeout": "1h",
    });
  });

  it("[R4] [R6] take headers of 32 kB, and keep no answer on a disk", async () => {
    expect(crm["Ingress dealcycle-crm"].metadata.annotations).to.include({
      "nginx.org/proxy-buffer-size": "32k",
      "nginx.org/proxy-busy-buffers-size": "32k",
      "nginx.org/proxy-buffers": "8 8k",
      "nginx.org/proxy-max-temp-file-size": "0",
    });
  });
});
