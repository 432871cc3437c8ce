import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Preview, readPreview } from "../../../operations/review/preview";

/** A preview that Pulumi has printed; see the README beside it. */
export function recorded(name: string, stack = "dev"): Preview {
  return readPreview(stack, readFileSync(join(import.meta.dirname, "recorded", `${name}.json`), "utf8"));
}

interface Made {
  op: "create" | "update" | "replace" | "delete" | "same";
  old?: object;
  new?: object;
  /** Whether it was protected before. */
  protectedBefore?: boolean;
}

/** A preview of objects, in the shape that Pulumi prints. */
export function previewOf(...made: Made[]): Preview {
  const steps = made.map(({ op, old, new: next, protectedBefore = false }, index) => ({
    op,
    urn: `urn:pulumi:dev::platform::kubernetes:v1:${(next ?? old) && kindOf(next ?? old)}::object-${index}`,
    ...(old && { oldState: { custom: true, inputs: old, protect: protectedBefore } }),
    ...(next && { newState: { custom: true, inputs: next } }),
  }));
  return readPreview("dev", JSON.stringify({ steps, changeSummary: {} }));
}

function kindOf(object: object | undefined): string {
  return (object as { kind?: string } | undefined)?.kind ?? "Thing";
}

export const policy = (app: string, spec: object) => ({
  kind: "NetworkPolicy",
  metadata: { name: app },
  spec: { podSelector: { matchLabels: { app } }, ...spec },
});

export const deployment = (name: string, requests: object, spec: object = {}) => ({
  kind: "Deployment",
  metadata: { name, namespace: "malai" },
  spec: {
    ...spec,
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, resources: { requests } }] },
    },
  },
});
