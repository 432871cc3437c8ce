import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { Mesh } from "../../../components/mesh";
import type { Plan } from "../../../model/plan";
import { dealcycle } from "../../../platforms/dealcycle";
import { malai } from "../../../platforms/malai";
import { type Rendered, renderPlan } from "../../support/render";
import { planFor } from "./plans";

/** Everything that {@link Mesh} makes, in the order in which it is registered. */
async function meshOf(plan: Plan): Promise<Rendered[]> {
  const made: Rendered[] = [];
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => {
      made.push({ type, name, inputs, options: {} });
      return { id: `${name}-id`, state: inputs };
    },
  });
  new Mesh("m-mesh", { namespace: plan.namespace, platform: plan.name, plan });
  await pulumi.runtime.disconnect();
  return made.filter(({ inputs }) => inputs.kind);
}

describe("Mesh", () => {
  for (const plan of [planFor(malai), planFor(dealcycle)]) {
    describe(`of ${plan.name}`, () => {
      let made: Rendered[];
      before(async () => {
        made = await meshOf(plan);
      });
      const names = (kind: string) =>
        made.filter(({ inputs }) => inputs.kind === kind).map(({ inputs }) => inputs.metadata.name);

      it("[D5] [O10] uses the API versions that Istio calls stable", () => {
        const versions = Object.fromEntries(made.map(({ inputs }) => [inputs.kind, inputs.apiVersion]));
        expect(versions).to.include({
          VirtualService: "networking.istio.io/v1",
          DestinationRule: "networking.istio.io/v1",
          Sidecar: "networking.istio.io/v1",
          PeerAuthentication: "security.istio.io/v1",
          AuthorizationPolicy: "security.istio.io/v1",
          Telemetry: "telemetry.istio.io/v1",
        });
      });

      it("[D5] has a VirtualService and a DestinationRule for each service", () => {
        const services = plan.services.map(({ name }) => name);
        expect(names("VirtualService")).to.have.members([...services, "front-door-inside"]);
        expect(names("DestinationRule")).to.include.members(services);
      });

      it("puts everything into the namespace under a name of its own", () => {
        for (const { inputs } of made) expect(inputs.metadata.namespace).to.equal(plan.namespace);
        expect(new Set(made.map(({ name }) => name))).to.have.property("size", made.length);
        expect(made.map(({ name }) => name)).to.include(`m-mesh-virtualservice-${plan.services[0]?.name}`);
      });

      it("[D13] forbids only after everything that is declared has been allowed", () => {
        expect(names("AuthorizationPolicy").at(-1)).to.equal("allow-nothing");
        expect(names("AuthorizationPolicy")).to.have.length.above(plan.services.length);
      });
    });
  }

  it("[R63] has a gateway, a way in without rate limits, only where the settings ask for it", async () => {
    const doors = async (mesh: Record<string, unknown>) =>
      (await meshOf(planFor(malai, { mesh })))
        .filter(({ inputs }) => inputs.kind === "Gateway" || inputs.metadata.name === "front-door")
        .map(({ inputs }) => `${inputs.apiVersion} ${inputs.kind}`);
    expect(await doors({})).to.deep.equal([]);
    expect(await doors({ gateway: true })).to.deep.equal([
      "networking.istio.io/v1 Gateway",
      "networking.istio.io/v1 VirtualService",
    ]);
  });

  it("makes nothing where the mesh is not enabled", async () => {
    const custom = async (enabled: boolean) =>
      (await renderPlan(planFor(malai, { mesh: { enabled } }))).filter(({ inputs }) =>
        /istio\.io/.test(inputs.apiVersion),
      ).length;
    expect(await custom(false)).to.equal(0);
    expect(await custom(true)).to.be.above(20);
  });
});
