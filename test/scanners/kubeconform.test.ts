import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { parseAllDocuments, stringify } from "yaml";
import { DEFINITIONS, istioCharts } from "../../embedded/toolchain/istio-charts";
import { manifestsOf, stacks } from "../support/manifests";
import { ensureScanner } from "../support/scanners";
import { type Manifests, renderAll } from "./findings";

/** What kubeconform says about one object. */
interface Verdict {
  filename: string;
  kind: string;
  name: string;
  status: "statusValid" | "statusInvalid" | "statusError" | "statusSkipped";
  msg: string;
}

/** Milliseconds; the first time ever it is built from source. */
const BUILD_TIMEOUT = 600_000;

/** A destination that no definition has, in an object that is else as it should be. */
const mistyped = {
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name: "mistyped", namespace: "bad" },
  spec: { hosts: ["web"], http: [{ route: [{ destinaton: { host: "web" } }] }] },
};

describe("kubeconform on the custom resources of every stack", () => {
  let manifests: Manifests;
  let verdicts: Verdict[];

  before(async function () {
    this.timeout(BUILD_TIMEOUT);
    const program = await ensureScanner("kubeconform");
    manifests = await renderAll();
    const bad = join(manifests.folder, "mistyped.yaml");
    writeFileSync(bad, stringify(mistyped));
    const definitions = readFileSync(join(await istioCharts(), DEFINITIONS), "utf8");
    const schemas = writeSchemas(join(manifests.folder, "schemas"), definitions);
    verdicts = await validate(program, schemas, [...manifests.files.values(), bad]);
  });
  after(() => manifests?.remove());

  it("[O10] [D5] every one is what its definition allows, with no field that it does not know", () => {
    const wrong = verdicts.filter(({ status, name }) => !isFine(status) && name !== mistyped.metadata.name);
    expect(
      wrong.map(({ filename, kind, name, msg }) => `${filename} ${kind}/${name}: ${msg}`).join("\n"),
    ).to.equal("");
  });

  it("has validated every one", async () => {
    const custom = (await Promise.all(stacks.map(manifestsOf)))
      .flat()
      .filter(({ apiVersion }) => /\.istio\.io\//.test(apiVersion));
    expect(custom).not.to.be.empty;
    expect(verdicts.filter(({ status }) => status === "statusValid")).to.have.length(custom.length);
  });

  it("refuses a field that a definition does not have", () => {
    const [verdict] = verdicts.filter(({ name }) => name === mistyped.metadata.name);
    expect(verdict?.status).to.equal("statusInvalid");
    expect(verdict?.msg).to.contain("destinaton");
  });
});

/** Objects of Kubernetes itself have no schema here: the API server's dry-run looks at them. */
const isFine = (status: Verdict["status"]) => status === "statusValid" || status === "statusSkipped";

/** One JSON schema a kind and version, of Istio's definitions. @returns where kubeconform finds them */
function writeSchemas(folder: string, definitions: string): string {
  mkdirSync(folder);
  for (const { spec } of parseAllDocuments(definitions).flatMap((document) => document.toJS() ?? [])) {
    for (const { name, schema } of spec.versions) {
      const file = `${spec.names.kind}_${spec.group}_${name}.json`.toLowerCase();
      writeFileSync(join(folder, file), JSON.stringify(closed(schema.openAPIV3Schema)));
    }
  }
  return join(folder, "{{.ResourceKind}}_{{.Group}}_{{.ResourceAPIVersion}}.json");
}

/** A definition leaves unknown fields out in silence; here they are mistakes. */
function closed(schema: any, isRoot = true): any {
  if (Array.isArray(schema)) return schema.map((item) => closed(item, false));
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value, false)]));
  const isObject = schema.type === "object" && schema.properties && !schema.additionalProperties;
  if (isObject && !isRoot && !schema["x-kubernetes-preserve-unknown-fields"])
    copy.additionalProperties = false;
  return copy;
}

async function validate(program: string, schemas: string, files: string[]): Promise<Verdict[]> {
  const options = ["-output", "json", "-verbose", "-ignore-missing-schemas", "-schema-location", schemas];
  // It ends with 1 when an object is invalid.
  const { stdout, stderr } = await execa(program, [...options, ...files], { reject: false });
  if (!stdout.startsWith("{")) throw new Error(`kubeconform printed no verdicts: ${stdout}\n${stderr}`);
  return JSON.parse(stdout).resources;
}
