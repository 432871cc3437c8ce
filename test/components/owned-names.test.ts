import { expect } from "chai";
import { scrapeConfig } from "../../components/monitoring/scrape";
import { makePlan } from "../../model/make-plan";
import { objects, scrapeJobs, secrets } from "../../model/names";
import type { Plan } from "../../model/plan";
import { givenTo, VARIABLES } from "../../model/variables";
import { workloads } from "../../model/workloads";
import { catalogs } from "../../platforms";
import { type Rendered, renderPlan, settingsOf } from "../support/render";

/** Everything that a platform can have: each stack in which something is otherwise than in the others. */
const PLANS: Record<string, Plan> = {
  "dev with Istio's gateway and Grafana": planOf("dev", {
    mesh: { gateway: true },
    grafana: { enabled: true },
  }),
  "dev without a mesh": planOf("dev", { mesh: { enabled: false } }),
  prod: planOf("prod"),
  "dealcycle-prod": planOf("dealcycle-prod"),
};

function planOf(stack: string, changes: Record<string, unknown> = {}): Plan {
  const settings = settingsOf(stack, changes);
  const catalog = catalogs[settings.catalog];
  if (!catalog) throw new Error(stack);
  return makePlan(catalog, settings);
}

for (const [title, plan] of Object.entries(PLANS)) {
  describe(`What the platform owns of ${title}`, () => {
    const services = plan.services.map(({ name }) => name);
    let resources: Rendered[];
    before(async () => {
      resources = await renderPlan(plan);
    });

    /** Without what is made for a service: that is called after it. */
    const owned = () =>
      resources.filter(
        ({ inputs }) => inputs.metadata?.name && !services.some((name) => isCalledAfter(inputs, name)),
      );
    const isCalledAfter = ({ metadata: { name } }: any, service: string) =>
      name === service || name.startsWith(`${service}-`) || name === `postgres-${service}`;
    const namesOf = (all: Rendered[]) => [...new Set(all.map(({ inputs }) => inputs.metadata.name))];
    const apps: string[] = Object.values(workloads).map(({ app }) => app);

    it("[R14] has every name in the list that the checks read, of the kinds that a service has objects of", () => {
      const kinds = new Set(
        resources.flatMap(({ inputs }) => (services.includes(inputs.metadata?.name) ? [inputs.kind] : [])),
      );
      expect([...kinds]).to.include.members(["Deployment", "NetworkPolicy", "Service", "ServiceAccount"]);
      const known = [...apps, workloads.rabbitmq.nodes, ...Object.values(objects), plan.name];
      const names = namesOf(owned().filter(({ inputs }) => kinds.has(inputs.kind)));
      expect(names.filter((name) => !known.includes(name))).to.deep.equal([]);
    });

    it("[R14] has every Secret and every Job in it", () => {
      const names = namesOf(owned().filter(({ inputs }) => ["Secret", "Job"].includes(inputs.kind)));
      const known: string[] = [...apps, ...Object.values(secrets)];
      expect(names.filter((name) => !known.includes(name))).to.deep.equal([]);
    });

    it("[R14] has every job of Prometheus in it, and each once", () => {
      const jobs = scrapeConfig(plan).scrape_configs.map(({ job_name }) => job_name);
      expect(new Set(jobs)).to.have.lengthOf(jobs.length);
      const known: string[] = [...apps, ...services, ...Object.values(scrapeJobs)];
      expect(jobs.filter((job) => !known.includes(job))).to.deep.equal([]);
    });

    it("[R18] has every variable of a service in it", () => {
      for (const service of plan.services) {
        const [deployment] = resources.filter(
          ({ inputs }) => inputs.kind === "Deployment" && inputs.metadata.name === service.name,
        );
        const [container] = deployment?.inputs.spec.template.spec.containers ?? [];
        const variables = container.env.map(({ name }: { name: string }) => name);
        expect(variables).to.include("PORT");
        const known: string[] = [...VARIABLES, ...givenTo(service, plan).map(({ variable }) => variable)];
        expect(variables.filter((name: string) => !known.includes(name))).to.deep.equal([]);
      }
    });
  });
}
