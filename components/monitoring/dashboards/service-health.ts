import type { Plan } from "../../../model/plan";
import { queriesOf } from "../queries";
import type { Dashboard } from "./panel";

const BY_SERVICE = "{{service}}";

/** Is it well? Response times, error rates, availability (docs/requirements.md, D7). */
export function serviceHealth(plan: Plan): Dashboard {
  const { jobs, requests, errors, quantile } = queriesOf(plan);
  return {
    uid: "service-health",
    title: "Service health",
    panels: [
      {
        title: "Healthy",
        description: "1 while /health at the service's address answers that everything is well.",
        unit: "short",
        kind: "stat",
        queries: [{ expr: 'up{job="load-balancer-health"}', legend: BY_SERVICE }],
      },
      {
        title: "Availability of a day",
        description: "Share of the health checks that went well; the target is 99.9 %.",
        unit: "percentunit",
        kind: "stat",
        queries: [
          {
            expr: 'avg by (service) (avg_over_time(up{job="load-balancer-health"}[1d]))',
            legend: BY_SERVICE,
          },
        ],
      },
      {
        title: "Requests",
        description:
          "Requests per second of each service, health checks left out; in a mesh as its callers count them.",
        unit: "reqps",
        queries: [{ expr: requests("5m"), legend: BY_SERVICE }],
      },
      {
        title: "Errors",
        description: "Share of the requests that end with 5xx; the target is under 5 %.",
        unit: "percentunit",
        // Without any error there is nothing to divide; that is none, not unknown.
        queries: [{ expr: `${errors("5m")} or ${requests("5m")} * 0`, legend: BY_SERVICE }],
      },
      {
        title: "Response time, 95th percentile",
        description: "19 of 20 requests are answered within this time; the target is 2 s.",
        unit: "s",
        queries: [{ expr: quantile(0.95, "5m"), legend: BY_SERVICE }],
      },
      {
        title: "Response time, median",
        description: "Half of the requests are answered within this time.",
        unit: "s",
        queries: [{ expr: quantile(0.5, "5m"), legend: BY_SERVICE }],
      },
      {
        title: "Dependencies",
        description: "1 while every pod of the service reaches the store.",
        unit: "short",
        queries: [
          {
            expr: `min by (service, dependency) (dependency_up{job=~"${jobs}"})`,
            legend: "{{service}} → {{dependency}}",
          },
        ],
      },
      {
        title: "Starts",
        description: "How often the processes of a service were started within an hour.",
        unit: "short",
        queries: [
          {
            expr: `sum by (service) (changes(process_start_time_seconds{job=~"${jobs}"}[1h]))`,
            legend: BY_SERVICE,
          },
        ],
      },
    ],
  };
}
