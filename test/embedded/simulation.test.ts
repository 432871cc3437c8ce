import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { addons } from "../../embedded/cluster/control-plane/addons";
import { simulatedNodeObjects, simulationConfig } from "../../embedded/cluster/node/simulation";
import { makePlan } from "../../model/make-plan";
import { quantity } from "../../model/quantity";
import { quotaOf } from "../../model/quota";
import { largeCatalog } from "../support/large-catalog";
import { settingsOf } from "../support/render";

/** What kwok makes of an object, in the order of its configuration file. */
const stages = parseAllDocuments(simulationConfig()).map((document) => document.toJS());
const stageOf = (name: string) => stages.find(({ metadata }) => metadata.name === name).spec;

describe("Simulated nodes", () => {
  it("are three, each in a zone of its own", () => {
    const zones = simulatedNodeObjects.map(({ metadata: { name, labels } }) => {
      const zone = (labels as Record<string, string>)["topology.kubernetes.io/zone"];
      return [name, zone];
    });
    expect(zones).to.deep.equal([
      ["simulated-a", "zone-a"],
      ["simulated-b", "zone-b"],
      ["simulated-c", "zone-c"],
    ]);
  });

  it("keep away the pods that have not asked for them", () => {
    for (const { spec, metadata } of simulatedNodeObjects) {
      expect(spec).to.deep.equal({
        taints: [{ key: "kwok.x-k8s.io/node", value: "fake", effect: "NoSchedule" }],
      });
      expect(metadata.labels).to.include({ "platform/nodes": "simulated" });
      expect(metadata.annotations).to.deep.equal({ "kwok.x-k8s.io/node": "fake" });
    }
  });

  it("exist only on a cluster of a rehearsal", () => {
    const nodesWith = (simulatedNodes: boolean) =>
      addons({ simulatedNodes, forwards: {} }).filter(({ kind }) => kind === "Node");
    expect(nodesWith(false)).to.deep.equal([]);
    expect(nodesWith(true)).to.have.length(3);
  });

  it("[R57] have room in one zone for a hundred services of production at their largest", () => {
    const quota = quotaOf(
      makePlan(largeCatalog(100), settingsOf("prod", { services: {}, configuration: {} })),
    );
    expect(Number(quota.pods)).to.be.above(1000);
    for (const name of ["node-initialize", "node-heartbeat"]) {
      const [, printed = ""] = /^allocatable: (.*)$/m.exec(stageOf(name).next.statusTemplate) ?? [];
      const allocatable = JSON.parse(printed);
      expect(Number(allocatable.pods), name).to.be.at.least(Number(quota.pods));
      for (const of of ["cpu", "memory"] as const) {
        expect(quantity(allocatable[of]), name).to.be.at.least(quantity(quota[`requests.${of}`] ?? ""));
      }
    }
  });

  it("finish the pods of Jobs and no others", () => {
    expect(stageOf("pod-complete").selector.matchExpressions).to.deep.include({
      key: ".metadata.ownerReferences.[].kind",
      operator: "In",
      values: ["Job"],
    });
    expect(stageOf("pod-complete").next.statusTemplate).to.match(/^phase: Succeeded$/m);
  });

  it("let a pod go as soon as it is deleted, and start none that is", () => {
    expect(stageOf("pod-delete").next).to.deep.equal({ delete: true });
    for (const name of ["pod-ready", "pod-complete"]) {
      expect(stageOf(name).selector.matchExpressions).to.deep.include({
        key: ".metadata.deletionTimestamp",
        operator: "DoesNotExist",
      });
    }
  });
});
