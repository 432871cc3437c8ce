import type { Catalog } from "../../../model/catalog";
import { makePlan } from "../../../model/make-plan";
import type { Plan, ServicePlan } from "../../../model/plan";
import { settingsOf } from "../../support/render";

/** Values for what a catalog leaves to each environment. */
const configuration = {
  malai: { SMTP_HOST: "smtp.malai.test" },
  "dealcycle-crm": { MAIL_FROM: "crm@digs.test" },
} as Record<string, Record<string, string>>;

/** The plan of a catalog in production, with changes to its settings. */
export const planFor = (catalog: Catalog, changes: Record<string, unknown> = {}): Plan =>
  makePlan(
    catalog,
    settingsOf("prod", { services: {}, configuration: configuration[catalog.name], ...changes }, catalog),
  );

export function serviceOf({ services }: Plan, name: string): ServicePlan {
  const service = services.find((service) => service.name === name);
  if (!service) throw new Error(`there is no service ${name}`);
  return service;
}
