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

  it("[D4] are one master for the host and a minion for each service, and nothing else", () => {
    expect(Object.keys(crm)).to.deep.equal([
      "Ingress dealcycle-crm",
      "Ingress auth-service",
      "Ingress leads-service",
      "Ingress buyers-service",
      "Ingress users-service",
    ]);
    for (const { spec } of Object.values(crm)) {
      expect(spec.ingressClassName).to.equal("nginx");
      expect(spec.rules.map(({ host }: any) => host)).to.deep.equal(["api.presidentialdigs.com"]);
    }
  });

  it("[D4] have annotations that the controller documents, and no others", () => {
    const used = [...Object.values(crm), ...Object.values(malai)].flatMap(({ metadata }) =>
      ours(metadata.annotations),
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
});
