import type { Rendered } from "./render";

/** A label's value (Kubernetes documentation, Labels and Selectors, Syntax). */
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?$/;
const ANNOTATION = /^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;
/** Kinds whose names are labels (RFC 1123), most by what Kubernetes makes of them. */
const LABEL_NAMES = ["Service", "Namespace", "Job", "StatefulSet"];

/** What two objects of one platform may not share, and what no API server takes: a line for each. Pure. */
export function contradictionsIn(resources: readonly Rendered[]): string[] {
  const objects = resources.map(({ inputs }) => inputs).filter(({ kind, metadata }) => kind && metadata);
  return [
    ...doubles(resources.map(({ type, name }) => `resource ${type} ${name}`)),
    ...doubles(objects.map(identityOf)),
    ...objects.flatMap(doubleVariables),
    ...objects.flatMap(badMetadata),
  ];
}

const identityOf = ({ kind, metadata: { namespace, name } }: any) => `object ${kind} ${namespace}/${name}`;

const doubles = (all: readonly string[]) =>
  [...new Set(all.filter((one, index) => all.indexOf(one) < index))].map((one) => `twice: ${one}`);

function doubleVariables(object: any): string[] {
  const pod = object.spec?.template?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].flatMap(({ name, env = [] }) =>
    doubles(
      env.map((variable: any) => `variable ${variable.name} of container ${name} in ${identityOf(object)}`),
    ),
  );
}

function badMetadata(object: any): string[] {
  const { metadata, kind, spec } = object;
  const all = [metadata, spec?.template?.metadata ?? {}];
  const values = all.flatMap(({ labels = {} }) => Object.values<string>(labels));
  const keys = all.flatMap(({ annotations = {} }) => Object.keys(annotations));
  const isName = NAME.test(metadata.name) && (!LABEL_NAMES.includes(kind) || metadata.name.length <= 63);
  return [
    ...(isName ? [] : ["its name"]),
    ...values.filter((value) => !LABEL_VALUE.test(value)).map((value) => `the label's value ${value}`),
    ...keys.filter((key) => !ANNOTATION.test(key)).map((key) => `the annotation ${key}`),
  ].map((what) => `no API server takes ${what}: ${identityOf(object)}`);
}
