import { expect } from "chai";
import { nodesLabel } from "../../../embedded/cluster/node/simulation";
import { boutique as catalog } from "../../platforms/boutique";
import { tell } from "../support/releasing";
import { resources, TemporaryStack } from "../support/temporary-stack";

/** A stack of a cluster that this machine does not know: `make up` rehearses it. */
const boutique = new TemporaryStack("boutique", {
  context: "boutique-production",
  certificate: "self-signed",
  frontDoor: { type: "LoadBalancer", replicas: 2 },
  defaults: { replicas: { min: 1, max: 3 }, resources: resources("64Mi") },
  redis: { storage: "128Mi", resources: resources("32Mi") },
  alertmanager: { storage: "64Mi", webhook: false },
  prometheus: { storage: "128Mi", retention: "1d", resources: resources("96Mi") },
});

describe("A platform of gRPC services and a load generator", function () {
  this.timeout(300_000);
  before(async () => {
    // Another environment of the platform would have the plain name.
    boutique.namespace = "boutique-boutique";
    await boutique.open();
  });
  after(() => boutique.remove());

  it("[R2] [N3] [N4] comes up on simulated nodes", async () => {
    const { exitCode, all } = await boutique.makeUp();
    tell(all);
    expect(exitCode, all).to.equal(0);
    const { items } = await boutique.get("pods", "-l", "app.kubernetes.io/part-of=boutique");
    const running = items.filter(({ status }: any) => status.phase === "Running");
    const apps = new Set(running.map(({ metadata }: any) => metadata.labels.app));
    for (const name of Object.keys(catalog.services)) expect([...apps]).to.include(name);
    const real = running.filter(
      ({ spec }: any) => spec.nodeSelector?.[nodesLabel.key] !== nodesLabel.simulated,
    );
    expect(real.map(({ metadata }: any) => metadata.name)).to.deep.equal([]);
  });
});
