import * as pulumi from "@pulumi/pulumi";
import type { Extras } from "../../components/extras";
import { Platform } from "../../components/platform";
import type { Catalog } from "../../model/catalog";
import { makePlan } from "../../model/make-plan";
import type { Plan } from "../../model/plan";
import { parseSettings, type Settings } from "../../model/settings";
import { catalogs } from "../../platforms";
import { readStackFile, valuesOf } from "../../stacks/stack-file";

/** One resource as the program registers it. */
export interface Rendered {
  type: string;
  name: string;
  inputs: any;
  /** How the engine is to treat it, as far as the tests look at that. */
  options: Pick<
    pulumi.CustomResourceOptions,
    "deleteBeforeReplace" | "dependsOn" | "ignoreChanges" | "protect" | "replaceOnChanges" | "retainOnDelete"
  >;
}

/** Outputs that the providers would compute and that other resources are made from. */
const COMPUTED: Record<string, (name: string) => Record<string, unknown>> = {
  "random:index/randomPassword:RandomPassword": (name) => ({ result: `password-of-${name}` }),
  "random:index/randomBytes:RandomBytes": () => ({ base64: Buffer.from([1, 2, 3, 4]).toString("base64") }),
  "tls:index/privateKey:PrivateKey": () => ({ privateKeyPem: "KEY" }),
  "tls:index/selfSignedCert:SelfSignedCert": () => ({ certPem: "CERTIFICATE" }),
  "tls:index/certRequest:CertRequest": () => ({ certRequestPem: "REQUEST" }),
  "tls:index/locallySignedCert:LocallySignedCert": () => ({ certPem: "CERTIFICATE" }),
};

/** The settings of a stack, with changes on top, for its own catalog or another one. */
export function settingsOf(stack: string, changes: Record<string, unknown> = {}, other?: Catalog): Settings {
  const values = { ...valuesOf(readStackFile(stack)), ...(other && { catalog: other.name }), ...changes };
  const parsed = parseSettings(values, other ? { [other.name]: other } : catalogs);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

/** Everything the program makes of a catalog in an environment. */
export async function render(catalog: Catalog, settings: Settings): Promise<Rendered[]> {
  return renderPlan(makePlan(catalog, settings));
}

/** What was rendered already, by the plan as text: a second or two of each test file. No test changes it. */
const rendered = new Map<string, Promise<Rendered[]>>();

/** The objects of a plan. What a function of the catalog's or of `extras/` changes is not in the text: it is made anew. */
export function renderPlan(plan: Plan, extras?: Extras): Promise<Rendered[]> {
  if (extras || [...plan.services, ...plan.jobs].some(({ transform }) => transform))
    return registerAll(plan, extras);
  const key = JSON.stringify(plan);
  const made = rendered.get(key) ?? registerAll(plan);
  rendered.set(key, made);
  return made;
}

async function registerAll(plan: Plan, extras?: Extras): Promise<Rendered[]> {
  const resources: Rendered[] = [];
  // The mocks are told no options.
  const options = new Map<string, Rendered["options"]>();
  const noteOptions: pulumi.ResourceTransformation = ({ type, name, opts }) => {
    options.set(`${type} ${name}`, opts);
    return undefined;
  };
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ type, name, inputs }) => {
      resources.push({ type, name, inputs, options: options.get(`${type} ${name}`) ?? {} });
      return { id: `${name}-id`, state: { ...inputs, ...COMPUTED[type]?.(name) } };
    },
  });
  // Those of the services are generated; these never are.
  const own = plan.ownSecrets.map(
    (name) => [name, { value: pulumi.secret(`value of ${name}`), encrypted: true, empty: false }] as const,
  );
  new Platform(
    plan.name,
    { plan, secrets: new Map(own), ...(extras && { extras }) },
    { transformations: [noteOptions] },
  );
  await pulumi.runtime.disconnect();
  return resources;
}

/** The inputs of the one Kubernetes object of a kind and name. */
export function objectOf(resources: Rendered[], kind: string, name: string): any {
  const found = resources.filter(({ inputs }) => inputs.kind === kind && inputs.metadata?.name === name);
  if (found.length !== 1) {
    const names = resources
      .filter(({ inputs }) => inputs.kind === kind)
      .map(({ inputs }) => inputs.metadata.name);
    throw new Error(
      `${found.length} objects of kind ${kind} are named ${name}; there are: ${names.join(", ")}`,
    );
  }
  return found[0]?.inputs;
}
