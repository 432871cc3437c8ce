import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Settings } from "../../model/settings";
import { installsIstio } from "../../model/settings/istio";
import { images, shortName } from "../../model/versions";
import { catalogs } from "../../platforms";
import { planOf } from "../../stacks/plan";
import { projectDir, readStackFile, valuesOf } from "../../stacks/stack-file";
import { type Rendered, renderPlan, settingsOf } from "./render";

/** An object as the API server would be given it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string } & Record<string, any>;
  [field: string]: any;
}

/** What a secret value is replaced by: a manifest on the disk must not be worth reading. */
const PLACEHOLDER = "placeholder";

/** Every platform in every environment: the stacks of this project that name a catalog. */
export const stacks: readonly string[] = readdirSync(projectDir)
  .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
  .filter((stack) => !installsIstio(valuesOf(readStackFile(stack))))
  .sort();

const rendered = new Map<string, Promise<Manifest[]>>();

/** Ends with the last render that was asked for: Pulumi's mocks are those of the whole process. */
let last: Promise<unknown> = Promise.resolve();

/** Every Kubernetes object of a stack, in the order in which the program creates them; rendered once. */
export function manifestsOf(stack: string): Promise<Manifest[]> {
  const known = rendered.get(stack);
  if (known) return known;
  const manifests = last.then(() => renderPlan(planOf(deployedSettings(stack)))).then(toManifests);
  rendered.set(stack, manifests);
  last = manifests.catch(() => {});
  return manifests;
}

/** The settings of a stack as it is deployed: in production with the digests that a promotion has written. */
function deployedSettings(stack: string): Settings {
  const settings = settingsOf(stack);
  if (settings.tier === "development") return settings;
  const names = [
    ...Object.values(images).map(shortName),
    ...Object.keys(catalogs[settings.catalog]?.services ?? {}),
  ];
  const digests = Object.fromEntries(names.map((name) => [name, `sha256:${"0".repeat(64)}`]));
  return { ...settings, images: { ...settings.images, digests } };
}

/** Writes the objects of every stack to `folder`, one file a stack. @returns the files by stack */
export async function writeManifests(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const stack of stacks) {
    const file = join(folder, `${stack}.yaml`);
    const documents = (await manifestsOf(stack)).map((manifest) => stringify(manifest));
    writeFileSync(file, documents.join("---\n"));
    files.set(stack, file);
  }
  return files;
}

/** The objects among the resources, without what only Pulumi reads, and with no secret in them. */
export function toManifests(resources: readonly Rendered[]): Manifest[] {
  return resources.filter(isObject).map(({ name, inputs }) => {
    const { metadata = {}, ...rest } = revealed(inputs);
    // Pulumi makes up a name where none is given.
    const manifest = { ...rest, metadata: { name, ...metadata } };
    dropPulumiAnnotations(manifest.metadata);
    if (manifest.kind === "Secret") hideValues(manifest);
    return manifest;
  });
}

/** Pulumi hands a secret over as an object with this key, its signature. */
const SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d";

/** A copy with the values of secrets in place of their wrappers. */
function revealed(value: any): any {
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_SIGNATURE in value) return revealed(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, revealed(entry)]));
}

/** Providers and components have types of other packages; a list of objects or a chart has no kind. */
function isObject({ type, inputs }: Rendered): boolean {
  return type.startsWith("kubernetes:") && Boolean(inputs.apiVersion && inputs.kind);
}

function dropPulumiAnnotations(metadata: Manifest["metadata"]): void {
  for (const key of Object.keys(metadata.annotations ?? {})) {
    if (key.startsWith("pulumi.com/")) delete metadata.annotations[key];
  }
}

function hideValues(secret: Manifest): void {
  for (const key of Object.keys(secret.stringData ?? {})) secret.stringData[key] = PLACEHOLDER;
  for (const key of Object.keys(secret.data ?? {})) {
    secret.data[key] = Buffer.from(PLACEHOLDER).toString("base64");
  }
}
