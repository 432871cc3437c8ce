import { expect } from "chai";
import { malai } from "../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../support/render";

describe("Microservice", () => {
  let resources: Rendered[];
  before(async () => {
    resources = await render(malai, settingsOf("prod"));
  });
  const deployment = (name: string) => objectOf(resources, "Deployment", name);
  const container = (name: string) => deployment(name).spec.template.spec.containers[0];

  it("[O5] runs with the requests and limits of the orchestration document", () => {
    expect(container("event-service").resources).to.deep.equal({
      requests: { cpu: "250m", memory: "256Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
    });
  });

  it("[O5] probes liveness and readiness with the document's numbers", () => {
    const { livenessProbe, readinessProbe } = container("event-service");
    expect(livenessProbe).to.deep.equal({
      httpGet: { path: "/health/live", port: "http" },
      initialDelaySeconds: 30,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
    expect(readinessProbe).to.deep.equal({
      httpGet: { path: "/health/ready", port: "http" },
      initialDelaySeconds: 10,
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 3,
    });
  });

  it("[O5] reads DATABASE_URL from its own login's Secret", () => {
    const variable = container("event-service").env.find(
      ({ name }: { name: string }) => name === "DATABASE_URL",
    );
    expect(variable.valueFrom.secretKeyRef).to.deep.equal({ name: "postgres-event-service", key: "url" });
    const secret = objectOf(resources, "Secret", "postgres-event-service");
    expect(secret.stringData.value.url).to.match(
      /^postgresql:\/\/event_service:[^@]+@postgres:5432\/events$/,
    );
  });

  it("[O5] waits for the stores it uses, and for no other", () => {
    const waits = (name: string) =>
      deployment(name).spec.template.spec.initContainers.map(({ name }: { name: string }) => name);
    expect(waits("event-service")).to.deep.equal([
      "wait-for-postgres",
      "wait-for-redis",
      "wait-for-rabbitmq",
    ]);
    expect(waits("notification-service")).to.deep.equal(["wait-for-rabbitmq"]);
    expect(waits("api-gateway")).to.deep.equal([]);
  });

  it("[O5] labels pods with app and version, and never selects by version", () => {
    const { selector, template } = deployment("auth-service").spec;
    expect(template.metadata.labels).to.include({ app: "auth-service", version: "v1" });
    expect(selector.matchLabels).to.deep.equal({ app: "auth-service" });
  });

  it("[O6] is served on port 80 inside the cluster only", () => {
    const { spec } = objectOf(resources, "Service", "payment-service");
    expect(spec.type).to.equal("ClusterIP");
    expect(spec.ports).to.deep.equal([{ name: "http", port: 80, targetPort: "http" }]);
    expect(container("payment-service").ports).to.deep.equal([{ name: "http", containerPort: 4002 }]);
  });

  it("[O6] scales from 2 to 10 by cpu at 70 % and memory at 80 %", () => {
    const { spec } = objectOf(resources, "HorizontalPodAutoscaler", "auth-service");
    const target = (name: string, averageUtilization: number) => ({
      type: "Resource",
      resource: { name, target: { type: "Utilization", averageUtilization } },
    });
    expect([spec.minReplicas, spec.maxReplicas]).to.deep.equal([2, 10]);
    expect(spec.metrics).to.deep.equal([target("cpu", 70), target("memory", 80)]);
  });

  it("leaves the number of replicas to the autoscaler", () => {
    expect(deployment("auth-service").spec).to.not.have.property("replicas");
  });

  it("[O1] gives each service exactly the secrets and edges it declares", () => {
    const variables = (name: string) =>
      container(name)
        .env.map(({ name }: { name: string }) => name)
        .filter((name: string) => /_URL$|SECRET|TOKEN|HOST/.test(name) && name !== "REQUIRED_SECRETS");
    expect(variables("auth-service")).to.have.members(["DATABASE_URL", "REDIS_URL", "JWT_SECRET"]);
    expect(variables("event-service")).to.have.members(["DATABASE_URL", "REDIS_URL", "RABBITMQ_URL"]);
    expect(variables("payment-service")).to.have.members(["DATABASE_URL", "OMISE_SECRET_KEY"]);
    expect(variables("notification-service")).to.have.members([
      "RABBITMQ_URL",
      "LINE_CHANNEL_ACCESS_TOKEN",
      "SMTP_HOST",
    ]);
    expect(variables("api-gateway")).to.have.members([
      "AUTH_SERVICE_URL",
      "EVENT_SERVICE_URL",
      "PAYMENT_SERVICE_URL",
      "NOTIFICATION_SERVICE_URL",
    ]);
  });

  it("[O1] listens on the ports of the orchestration document", () => {
    const ports = Object.fromEntries(
      Object.keys(malai.services).map((name) => [name, container(name).ports[0].containerPort]),
    );
    expect(ports).to.deep.equal({
      "api-gateway": 3000,
      "auth-service": 4000,
      "event-service": 4001,
      "payment-service": 4002,
      "notification-service": 4003,
    });
  });

  it("runs under Pod Security restricted with a read-only root file system", () => {
    const { securityContext, automountServiceAccountToken } = deployment("auth-service").spec.template.spec;
    expect(securityContext).to.include({ runAsNonRoot: true, runAsUser: 1000 });
    expect(securityContext.seccompProfile).to.deep.equal({ type: "RuntimeDefault" });
    expect(automountServiceAccountToken).to.equal(false);
    expect(container("auth-service").securityContext).to.deep.equal({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });
});
