import { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { Refusal, UserError } from "../../../operations/errors";
import { goBack } from "../../../operations/release/ending";
import { query } from "../../../operations/release/metrics";
import type { Place } from "../../../operations/release/place";
import { Report } from "../../../operations/release/report";
import { readStack } from "../../../operations/stack/stack-file";

const quiet = new Report(true);

/** A cluster that does not answer. */
function nowhere(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "nowhere", server: "https://127.0.0.1:1", skipTLSVerify: true },
    { name: "anonymous" },
  );
  return config;
}

/** auth-service of dev, in the middle of a release. */
function placeOf(release: Partial<NonNullable<Place["service"]["release"]>>): Place {
  const stack = readStack("dev");
  const [service] = stack.plan.services.filter(({ name }) => name === "auth-service");
  if (!service) throw new Error("dev has no auth-service");
  const image = "docker.io/malai/auth-service:2.0.0";
  return {
    stack,
    cluster: nowhere(),
    service: {
      ...service,
      release: {
        strategy: "blue-green",
        version: "v2",
        image,
        weight: 100,
        schema: "incompatible",
        ...release,
      },
    },
  };
}

describe("The end of a release", () => {
  it("[O9] is not backwards across a changed schema, unless --across-schema is given", async () => {
    const error = await goBack(placeOf({}), quiet).catch((error) => error);
    expect(error).to.be.instanceOf(Refusal);
    expect(error.message).to.match(
      /v2 has changed the database so that v1 cannot work with it; add --across-schema/,
    );
  });

  it("[O9] may be backwards before the switch, or where the schema is compatible", async () => {
    for (const release of [{ weight: 0 }, { schema: "compatible" as const }]) {
      const error = await goBack(placeOf(release), quiet).catch((error) => error);
      // It tries, and finds no cluster.
      expect(error).not.to.be.instanceOf(Refusal);
      expect(String(error)).to.match(/ECONNREFUSED/);
    }
  });

  it("[R24] is not backwards across a changed schema either where the file has a canary with one", async () => {
    const error = await goBack(placeOf({ strategy: "canary", weight: 10 }), quiet).catch((error) => error);
    expect(error).to.be.instanceOf(Refusal);
    expect(error.message).to.match(/add --across-schema/);
  });

  it("says that Prometheus is not there", async () => {
    const error = await query(nowhere(), "malai", "up").catch((error) => error);
    expect(error).to.be.instanceOf(UserError);
    expect(error.message).to.match(/^Prometheus does not answer: .*\n {2}see npx ops status/);
  });
});
