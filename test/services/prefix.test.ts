import { expect } from "chai";
import { readConfig } from "../../services/reference/src/config";
import { prefixOf } from "../../services/reference/src/prefix";
import { createService } from "../../services/reference/src/service";

describe("reference service: its own path", () => {
  /** The answer of a service that has no store. */
  async function answer(name: string, path: string) {
    const config = readConfig({ SERVICE_NAME: name, PORT: "1", HOSTNAME: "trial-0", LOG_LEVEL: "silent" });
    const { app, closeStores } = createService(config);
    const response = await app.inject({ url: path, headers: { "x-request-id": "id-1" } });
    await app.close();
    await closeStores();
    return response;
  }

  it("[D4] is its short name: a description there", async () => {
    const response = await answer("leads-service", "/leads");
    expect(response.statusCode).to.equal(200);
    expect(response.json()).to.deep.equal({
      service: "leads-service",
      version: "0.0.0",
      instance: "trial-0",
      requestId: "id-1",
      paths: ["/leads/whoami"],
    });
  });

  it("[D4] has the whole interface below it, with and without a version", async () => {
    for (const path of ["/leads/whoami", "/leads/v1/whoami", "/whoami", "/v1/whoami"]) {
      expect((await answer("leads-service", path)).json(), path).to.include({ service: "leads-service" });
    }
  });

  it("does not reach metrics and probes, which are for the inside", async () => {
    for (const path of ["/leads/metrics", "/leads/health"]) {
      expect((await answer("leads-service", path)).statusCode, path).to.equal(404);
    }
  });

  it("is left out where it would be a path of another meaning", async () => {
    expect(["items-service", "health-service", "api-gateway"].map(prefixOf)).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
    expect((await answer("metrics-service", "/metrics")).payload).to.include("process_cpu_seconds_total");
  });
});
