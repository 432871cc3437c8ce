import { expect } from "chai";
import type { Preview } from "../../../operations/review/preview";
import { reviewOf } from "../../../operations/review/review";
import type { RiskKind } from "../../../operations/review/risk";
import { deployment, policy, previewOf, recorded } from "./objects";

/** The subjects of one kind of risk. */
const risks = (preview: Preview, kind: RiskKind): string[] =>
  reviewOf(preview).risks.flatMap((risk) => (risk.kind === kind ? [risk.subject] : []));

describe("Review of a recorded preview", () => {
  const risky = recorded("risky");

  it("[C5] names what data is lost with, and the property that makes it so", () => {
    const [first] = reviewOf(risky).risks;
    expect(first).to.deep.include({
      kind: "data",
      subject: "StatefulSet postgres",
      because: ["spec.volumeClaimTemplates[0].spec.resources.requests.storage"],
    });
    expect(risks(risky, "data")).to.deep.equal([
      "StatefulSet postgres",
      "RandomPassword malai-secrets-LINE_CHANNEL_ACCESS_TOKEN",
    ]);
  });

  it("[C5] names what is deleted, objects and ways in", () => {
    expect(risks(risky, "delete")).to.have.members([
      "HorizontalPodAutoscaler notification-service",
      "Service notification-service",
      "Deployment notification-service",
      "Service nginx, port 80, as NodePort, port 30080 of every node",
      "Service nginx, port 443, as NodePort, port 30443 of every node",
    ]);
  });

  it("[C5] names the routes and ports that are newly exposed", () => {
    expect(risks(risky, "exposure")).to.deep.equal([
      "https://malai.localhost/refunds/",
      "Service nginx, port 80, as LoadBalancer",
      "Service nginx, port 443, as LoadBalancer",
    ]);
  });

  it("[C5] names the stores that restart", () => {
    expect(risks(risky, "restart")).to.deep.equal(["StatefulSet redis"]);
  });

  it("[C5] sums requested cpu and memory at the fewest and at the most pods", () => {
    const { before, after } = reviewOf(risky).requested;
    expect(rounded(before)).to.deep.equal([1, 1472, 1.9, 3008]);
    expect(rounded(after)).to.deep.equal([1.13, 1600, 2.77, 3904]);
  });

  it("[C5] names a new edge once, with all that allows it", () => {
    expect(reviewOf(recorded("edge")).risks).to.deep.equal([
      {
        kind: "edge",
        subject: "auth-service → payment-service:4002",
        text: "is allowed",
        because: ["AuthorizationPolicy", "NetworkPolicy"],
      },
    ]);
  });

  it("has nothing to say about a preview without changes", () => {
    const { risks, changes, requested, complete } = reviewOf(recorded("same"));
    expect({ risks, changes, complete }).to.deep.equal({ risks: [], changes: [], complete: true });
    expect(requested.after).to.deep.equal(requested.before);
  });

  it("tells why there is none, when the program refuses its settings", () => {
    expect(reviewOf(recorded("refused")).errors).to.deep.equal([
      "error: 1 problem in stack dev, nothing was changed:\n" +
        "  services.event-service.scale  max 60 is over the limit of 10; lower it",
    ]);
  });
});

describe("Risks", () => {
  const tcp = (port: number) => [{ port, protocol: "TCP" }];
  const pods = (app: string) => [{ podSelector: { matchLabels: { app } } }];

  it("[C5] a new edge is one, however many objects allow it", () => {
    const preview = previewOf(
      {
        op: "update",
        old: policy("auth-service", {}),
        new: policy("auth-service", { ingress: [{ from: pods("event-service"), ports: tcp(4000) }] }),
      },
      {
        op: "update",
        old: policy("event-service", { egress: [{ to: pods("postgres"), ports: tcp(5432) }] }),
        new: policy("event-service", {
          egress: [
            { to: pods("postgres"), ports: tcp(5432) },
            { to: pods("auth-service"), ports: tcp(4000) },
          ],
        }),
      },
      {
        op: "create",
        new: {
          kind: "AuthorizationPolicy",
          metadata: { name: "auth-service" },
          spec: {
            selector: { matchLabels: { app: "auth-service" } },
            rules: [
              {
                from: [{ source: { principals: ["cluster.local/ns/malai/sa/event-service"] } }],
                to: [{ operation: { ports: ["4000"] } }],
              },
            ],
          },
        },
      },
    );
    expect(reviewOf(preview).risks).to.deep.equal([
      {
        kind: "edge",
        subject: "event-service → auth-service:4000",
        text: "is allowed",
        because: ["AuthorizationPolicy", "NetworkPolicy"],
      },
    ]);
  });

  it("[C5] a rule without peers lets anyone in, and one to an address block leads out of the cluster", () => {
    const block = { ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } };
    const preview = previewOf({
      op: "create",
      new: policy("payment-service", {
        ingress: [{ ports: tcp(4002) }],
        egress: [{ to: [block], ports: tcp(443) }],
      }),
    });
    expect(risks(preview, "edge")).to.deep.equal([
      "anyone → payment-service:4002",
      "payment-service → 0.0.0.0/0 without 10.0.0.0/8:443",
    ]);
  });

  it("[C5] a host that the mesh may call is an edge", () => {
    const spec = { hosts: ["api.omise.co"], ports: [{ number: 443 }] };
    const preview = previewOf({
      op: "create",
      new: { kind: "ServiceEntry", metadata: { name: "omise" }, spec },
    });
    expect(risks(preview, "edge")).to.deep.equal(["the mesh → api.omise.co:443"]);
  });

  it("[C5] an Ingress path and a route of the mesh's gateway are exposed; a route inside the mesh is not", () => {
    const virtual = (gateways?: string[]) => ({
      kind: "VirtualService",
      metadata: { name: "leads" },
      spec: { hosts: ["api.example"], gateways, http: [{ match: [{ uri: { prefix: "/leads" } }] }] },
    });
    const ingress = {
      kind: "Ingress",
      metadata: { name: "users" },
      spec: { rules: [{ host: "api.example", http: { paths: [{ path: "/users" }] } }] },
    };
    const preview = previewOf({ op: "create", new: ingress }, { op: "create", new: virtual(["public"]) });
    expect(risks(preview, "exposure")).to.deep.equal([
      "https://api.example/users",
      "https://api.example/leads",
    ]);
    expect(risks(previewOf({ op: "create", new: virtual() }), "exposure")).to.deep.equal([]);
  });

  it("[C5] a location that only nginx or its own pod can ask for is not exposed", () => {
    const text = [
      "server {",
      "  listen 8443 ssl;",
      "  server_name malai.app;",
      "  location = /health {",
      "  location /api/ {",
      "  location @api {",
      "}",
      "server {",
      "  listen 127.0.0.1:8081;",
      "  location /stub_status {",
      "}",
      "server {",
      "  listen 8080 default_server;",
      "  server_name _;",
      "  location / {",
      "}",
    ].join("\n");
    const preview = previewOf({
      op: "create",
      new: { kind: "ConfigMap", metadata: {}, data: { "nginx.conf": text } },
    });
    expect(risks(preview, "exposure")).to.deep.equal([
      "https://malai.app/health",
      "https://malai.app/api/",
      "https://*/",
    ]);
  });

  it("[C5] a deleted policy is a risk while what it protects stays, and none when that goes too", () => {
    const closed = policy("auth-service", {});
    const stays = {
      op: "same",
      old: deployment("auth-service", {}),
      new: deployment("auth-service", {}),
    } as const;
    const goes = { op: "delete", old: deployment("auth-service", {}) } as const;
    expect(risks(previewOf({ op: "delete", old: closed }, stays), "isolation")).to.deep.equal([
      "NetworkPolicy auth-service",
    ]);
    expect(risks(previewOf({ op: "delete", old: closed }, goes), "isolation")).to.deep.equal([]);
  });

  it("[C5] mutual TLS that is no longer strict is a risk", () => {
    const peer = (mode: string) => ({
      kind: "PeerAuthentication",
      metadata: { name: "default" },
      spec: { mtls: { mode } },
    });
    const preview = previewOf({ op: "update", old: peer("STRICT"), new: peer("PERMISSIVE") });
    expect(reviewOf(preview).risks).to.deep.equal([
      {
        kind: "isolation",
        subject: "PeerAuthentication default",
        text: "lets plain text in",
        because: ["mode PERMISSIVE"],
      },
    ]);
  });

  it("[C5] a volume that loses its protection is one", () => {
    const claim = { kind: "PersistentVolumeClaim", metadata: { name: "data-postgres-0" }, spec: {} };
    const preview = previewOf({ op: "same", old: claim, new: claim, protectedBefore: true });
    expect(risks(preview, "data")).to.deep.equal(["PersistentVolumeClaim data-postgres-0"]);
  });

  it("[C5] counts an autoscaler's bounds, sidecars, and an init container that needs more than all of them", () => {
    const before = deployment("auth-service", { cpu: "100m", memory: "100Mi" }, { replicas: 3 });
    const after = deployment("auth-service", { cpu: "100m", memory: "100Mi" });
    Object.assign(after.spec.template.spec, {
      initContainers: [
        { name: "wait", resources: { requests: { cpu: "1", memory: "10Mi" } } },
        { name: "proxy", restartPolicy: "Always", resources: { limits: { cpu: "50m", memory: "20Mi" } } },
      ],
    });
    const scaler = {
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "auth-service", namespace: "malai" },
      spec: { minReplicas: 2, maxReplicas: 10, scaleTargetRef: { kind: "Deployment", name: "auth-service" } },
    };
    const { requested } = reviewOf(
      previewOf({ op: "update", old: before, new: after }, { op: "create", new: scaler }),
    );
    expect(rounded(requested.before)).to.deep.equal([0.3, 300, 0.3, 300]);
    expect(rounded(requested.after)).to.deep.equal([2, 240, 10, 1200]);
  });

  it("stand in the order of their weight", () => {
    const kinds = reviewOf(recorded("risky")).risks.map(({ kind }) => kind);
    expect([...new Set(kinds)]).to.deep.equal(["data", "delete", "exposure", "restart"]);
  });
});

/** Cores and mebibytes of the fewest pods, then of the most. */
function rounded({ least, most }: { least: Sum; most: Sum }): number[] {
  return [least, most].flatMap(({ cpu, memory }) => [cpu, memory / 2 ** 20]);
}

interface Sum {
  cpu: number;
  memory: number;
}
