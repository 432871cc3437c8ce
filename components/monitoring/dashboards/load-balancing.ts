import type { Plan } from "../../../model/plan";
import { queriesOf } from "../queries";
import type { Dashboard, Panel } from "./panel";

/** Who gets the load? Request distribution, connection counts (docs/requirements.md, D7). */
export function loadBalancing(plan: Plan): Dashboard {
  const { jobs } = queriesOf(plan);
  const perPod = `sum by (service, pod) (rate(http_requests_total{job=~"${jobs}"}[5m]))`;
  return {
    uid: "load-balancing",
    title: "Load balancing",
    panels: [
      {
        title: "Requests of each replica",
        description: "Requests per second that each pod answers, health checks included.",
        unit: "reqps",
        queries: [{ expr: perPod, legend: "{{pod}}" }],
      },
      {
        title: "Imbalance",
        description: "The busiest replica beside the average of its service: 1 is even.",
        unit: "short",
        queries: [
          { expr: `max by (service) (${perPod}) / avg by (service) (${perPod})`, legend: "{{service}}" },
        ],
      },
      {
        title: "Versions",
        description: "Requests per second of each version of a service: what a release moves.",
        unit: "reqps",
        queries: [
          {
            expr: `sum by (service, version) (rate(http_requests_total{job=~"${jobs}"}[5m]))`,
            legend: "{{service}} {{version}}",
          },
        ],
      },
      {
        title: "Replicas that can be asked",
        description: "Pods of each service that Prometheus reaches.",
        unit: "short",
        queries: [{ expr: `sum by (service) (up{job=~"${jobs}"})`, legend: "{{service}}" }],
      },
      ...(plan.frontDoor.kind === "standalone" ? frontDoor : []),
    ],
  };
}

const frontDoor: Panel[] = [
  {
    title: "Connections at the front door",
    description: "Connections of nginx: being served, and kept open for the next request.",
    unit: "short",
    queries: [
      { expr: "sum(nginx_connections_active)", legend: "active" },
      { expr: "sum(nginx_connections_waiting)", legend: "waiting" },
    ],
  },
  {
    title: "Requests at the front door",
    description: "Requests per second of each nginx.",
    unit: "reqps",
    queries: [{ expr: "sum by (pod) (rate(nginx_http_requests_total[5m]))", legend: "{{pod}}" }],
  },
];
