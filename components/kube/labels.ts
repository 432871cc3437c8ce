/** Labels that select the pods of a workload. They never change, as a Deployment's selector cannot. */
export const selectorOf = (app: string) => ({ app });

/** Labels of everything that belongs to a workload of a platform. */
export const labelsOf = (app: string, platform: string) => ({
  app,
  "app.kubernetes.io/name": app,
  "app.kubernetes.io/part-of": platform,
  "app.kubernetes.io/managed-by": "pulumi",
});
