import { expect } from "chai";
import { ConfigurationError, readConfig } from "../../services/reference/src/config";

const minimal = { SERVICE_NAME: "event-service", PORT: "4001", HOSTNAME: "event-service-0" };

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe("reference service: configuration", () => {
  it("needs only a name and a port", () => {
    expect(readConfig(minimal)).to.deep.equal({
      name: "event-service",
      version: "0.0.0",
      instance: "event-service-0",
      port: 4001,
      logLevel: "info",
      databaseUrl: undefined,
      redisUrl: undefined,
      rabbitmqUrl: undefined,
      databasePool: 10,
      edges: new Map(),
      drainSeconds: 5,
      graceSeconds: 25,
    });
  });

  it("takes over what is set", () => {
    const config = readConfig({
      ...minimal,
      SERVICE_VERSION: "1.2.3",
      LOG_LEVEL: "debug",
      DATABASE_URL: "postgresql://events:pw@postgres:5432/events",
      REDIS_URL: "redis://:pw@redis:6379",
      RABBITMQ_URL: "amqp://events:pw@rabbitmq:5672",
      DRAIN_SECONDS: "0",
      GRACE_SECONDS: "60",
    });
    expect(config).to.include({
      version: "1.2.3",
      logLevel: "debug",
      databaseUrl: "postgresql://events:pw@postgres:5432/events",
      redisUrl: "redis://:pw@redis:6379",
      rabbitmqUrl: "amqp://events:pw@rabbitmq:5672",
      drainSeconds: 0,
      graceSeconds: 60,
    });
  });

  it("reads each *_SERVICE_URL as an edge to the service of that name", () => {
    const { edges } = readConfig({
      ...minimal,
      AUTH_SERVICE_URL: "http://auth-service:80/",
      LEAD_SCORING_SERVICE_URL: "http://lead-scoring-service",
      SERVICE_URL: "not an edge",
    });
    expect([...edges]).to.deep.equal([
      ["auth-service", "http://auth-service:80"],
      ["lead-scoring-service", "http://lead-scoring-service"],
    ]);
  });

  it("names every problem at once", () => {
    const problems = problemsOf({
      PORT: "70000",
      LOG_LEVEL: "loud",
      DATABASE_URL: "mysql://db",
      REDIS_URL: "redis",
      RABBITMQ_URL: "http://rabbitmq",
      AUTH_SERVICE_URL: "auth-service",
      DRAIN_SECONDS: "1.5",
    });
    expect(problems).to.deep.equal([
      "SERVICE_NAME is not set",
      "PORT must be a whole number from 1 to 65535",
      "LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent",
      "DATABASE_URL must be a URL that begins with postgresql:// or postgres://",
      "REDIS_URL must be a URL that begins with redis:// or rediss://",
      "RABBITMQ_URL must be a URL that begins with amqp:// or amqps://",
      "AUTH_SERVICE_URL must be a URL that begins with http:// or https://",
      "DRAIN_SECONDS must be a whole number from 0 to 600",
    ]);
  });

  it("[R32] opens as many database connections as the catalog declares, ten where it says nothing", () => {
    expect(readConfig(minimal).databasePool).to.equal(10);
    expect(readConfig({ ...minimal, DATABASE_POOL_SIZE: "35" }).databasePool).to.equal(35);
    expect(problemsOf({ ...minimal, DATABASE_POOL_SIZE: "0" })).to.deep.equal([
      "DATABASE_POOL_SIZE must be a whole number from 1 to 1000",
    ]);
  });

  it("takes an empty secret for a missing one", () => {
    const env = {
      ...minimal,
      REQUIRED_SECRETS: "JWT_SECRET, SMTP_HOST,OMISE_SECRET_KEY",
      JWT_SECRET: " ",
      SMTP_HOST: "smtp",
    };
    expect(problemsOf(env)).to.deep.equal(["JWT_SECRET is not set", "OMISE_SECRET_KEY is not set"]);
  });

  it("refuses a drain that outlasts the grace period", () => {
    expect(problemsOf({ ...minimal, DRAIN_SECONDS: "25" })).to.deep.equal([
      "DRAIN_SECONDS must be below GRACE_SECONDS, or requests in flight are cut off",
    ]);
  });

  it("keeps passwords out of its errors", () => {
    expect(problemsOf({ ...minimal, DATABASE_URL: "mysql://u:hunter2@db" }).join()).to.not.include("hunter2");
  });
});
