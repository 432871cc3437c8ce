import { z } from "zod";
import { quantity, store } from "./field-types";

export const postgres = store("10Gi", ["250m", "2"], ["256Mi", "1Gi"])
  .extend({
    archive: quantity.optional().meta({
      description: "Size of a volume that finished write-ahead log files are kept on, for a backup.",
      absent: "none are kept",
    }),
    maxConnections: z
      .int()
      .min(50)
      .default(600)
      .describe("Fixed rather than counted from the services: a new one must not restart the server."),
  })
  .prefault({});

export const redis = store("1Gi", ["100m", "500m"], ["64Mi", "256Mi"]).prefault({});

export const rabbitmq = store("5Gi", ["200m", "1"], ["256Mi", "512Mi"])
  .extend({
    replicas: z
      .union([z.literal(1), z.literal(3)])
      .default(1)
      .describe(
        "Quorum queues keep their messages when one node of three is lost; a single one keeps them on its volume.",
      ),
  })
  .prefault({});

export const prometheus = store("10Gi", ["100m", "500m"], ["256Mi", "512Mi"])
  .extend({
    retention: z
      .string()
      .regex(/^\d+[hdwy]$/, "is not a duration such as 15d")
      .default("15d")
      .describe("How long samples are kept."),
  })
  .prefault({});

export const alertmanager = store("1Gi", ["20m", "200m"], ["32Mi", "128Mi"])
  .extend({
    webhook: z
      .boolean()
      .default(true)
      .describe(
        "Whether alerts are sent somewhere: to the URL in the secret `<platform>:ALERT_WEBHOOK_URL`.",
      ),
    runbooks: z
      .url({ protocol: /^https?$/ })
      .optional()
      .meta({
        description:
          "URL of docs/operations.md as people can open it; each alert links to its line there (`runbook_url`).",
        absent: "an alert names the file, without a link: the program does not know where its repository is",
        examples: ["https://git.example.com/shop/docs/operations.md"],
      }),
  })
  .prefault({});

export const grafana = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        "Whether the platform has a Grafana of its own. The dashboards are there in any case, for one that finds them.",
      ),
  })
  .prefault({});
