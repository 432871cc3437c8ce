import { expect } from "chai";
import { urlOf } from "../../../model/plan";
import { type Review, reviewOf } from "../../../operations/review/review";
import { readStack } from "../../../operations/stack/stack-file";
import { manifestsOf, stacks } from "../../support/manifests";
import { previewOf } from "./objects";

/** The review reads what the components write: every stack from nothing, as its first preview would have it. */
for (const name of stacks) {
  describe(`Review of the objects of ${name}`, () => {
    const { plan } = readStack(name);
    let review: Review;

    before(async () => {
      review = reviewOf(
        previewOf(...(await manifestsOf(name)).map((object) => ({ op: "create" as const, new: object }))),
      );
    });

    it("[C5] finds every declared edge, once, in the network policies", () => {
      const edges = review.risks.filter(({ kind }) => kind === "edge");
      const subjects = edges.map(({ subject }) => subject);
      expect(subjects).to.include.members(plan.edges.map(({ from, to, port }) => `${from} → ${to}:${port}`));
      expect(new Set(subjects).size).to.equal(subjects.length);
    });

    it("[C5] finds the same edges in the mesh's policies", () => {
      const between = plan.services.flatMap(({ name, calls }) =>
        calls.map((to) => `${name} → ${to}:${portOf(to)}`),
      );
      const both = review.risks.filter(
        ({ because = [] }) => because.join() === "AuthorizationPolicy,NetworkPolicy",
      );
      expect(both.map(({ subject }) => subject)).to.include.members(between);
    });

    it("[C5] finds every public route", () => {
      const exposed = review.risks.flatMap(({ kind, subject }) => (kind === "exposure" ? [subject] : []));
      const routes = plan.services.flatMap(({ routes }) => routes.map(({ path }) => path));
      expect(routes).to.not.deep.equal([]);
      for (const path of routes) {
        const found = exposed.filter((one) =>
          one.startsWith(new URL(path, `https://${plan.host}`).href.replace(/\/$/, "")),
        );
        expect(found, `${urlOf(plan)}${path} in ${exposed.join(", ")}`).to.not.deep.equal([]);
      }
    });

    it("[C5] sums what its workloads request, with as many pods as its autoscalers allow", () => {
      const { least, most } = review.requested.after;
      const services = plan.services.reduce((sum, { replicas }) => sum + replicas.max - replicas.min, 0);
      const each = Number.parseInt(plan.services[0]?.resources.requests.memory ?? "", 10);
      expect(most.memory - least.memory).to.be.at.least(services * each * 2 ** 20);
      expect(least.cpu).to.be.above(0);
    });

    function portOf(service: string): number | undefined {
      return plan.services.find(({ name }) => name === service)?.port;
    }
  });
}
