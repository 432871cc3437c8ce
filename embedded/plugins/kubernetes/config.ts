import { existsSync } from "node:fs";
import { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { isObject, type Properties } from "../protocol/index";

/** The inputs of the `kubernetes.Provider` resource that this plugin knows, with their defaults. */
export interface Config {
  kubeConfig: KubeConfig;
  /** Namespace of objects that name none: the provider's, else the context's. @default "default" */
  namespace: string;
  /** Updates by server-side apply, else by merge patch. @default true */
  serverSideApply: boolean;
  /** Takes fields over from other managers without asking. @default false */
  patchForce: boolean;
  /** Lets a create take over what exists. @default false: it is an error */
  upsert: boolean;
  /** Whether ConfigMaps change in place instead of being replaced. @default false */
  configMapMutable: boolean;
  /** The same for Secrets. @default false */
  secretMutable: boolean;
  /** Forgets resources whose cluster is away. @default false */
  deleteUnreachable: boolean;
  /** Keeps resources as they were when their cluster is away. @default false */
  skipUpdateUnreachable: boolean;
  suppressDeprecationWarnings: boolean;
  /** Requests a second, a burst of them, and seconds a request may take. @default no limits, 60 s */
  client: { qps?: number; burst?: number; timeout: number };
}

/** Rendering instead of deploying is a different program. */
const unsupported = ["renderYamlToDirectory", "alwaysRender"];

const REQUEST_TIMEOUT = 60;

/**
 * Reads the provider's inputs. All but strings arrive as JSON.
 * @throws when the kubeconfig cannot be read, or lacks the context or cluster that is asked for
 */
export function readConfig(inputs: Properties): Config {
  for (const name of unsupported) {
    if (flag(inputs, name) || (typeof inputs[name] === "string" && name === "renderYamlToDirectory")) {
      throw new Error(`the provider setting ${name} needs the official kubernetes plugin`);
    }
  }
  const kubeConfig = loadKubeConfig(
    text(inputs, "kubeconfig"),
    text(inputs, "context"),
    text(inputs, "cluster"),
  );
  const settings = json(inputs.kubeClientSettings);
  const limits = isObject(settings) ? settings : {};
  return {
    kubeConfig,
    namespace:
      text(inputs, "namespace") ??
      kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace ??
      "default",
    serverSideApply: flag(inputs, "enableServerSideApply") ?? true,
    patchForce: flag(inputs, "enablePatchForce") ?? false,
    upsert: flag(inputs, "upsertExistingObjects") ?? false,
    configMapMutable: flag(inputs, "enableConfigMapMutable") ?? false,
    secretMutable: flag(inputs, "enableSecretMutable") ?? false,
    deleteUnreachable: flag(inputs, "deleteUnreachable") ?? fromEnvironment("PULUMI_K8S_DELETE_UNREACHABLE"),
    skipUpdateUnreachable:
      flag(inputs, "skipUpdateUnreachable") ?? fromEnvironment("PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
    suppressDeprecationWarnings: flag(inputs, "suppressDeprecationWarnings") ?? false,
    client: {
      qps: number(limits.qps),
      burst: number(limits.burst),
      timeout: number(limits.timeout) ?? REQUEST_TIMEOUT,
    },
  };
}

/** `kubeconfig` is a path or the content itself; without it the usual places are looked at. */
function loadKubeConfig(kubeconfig: string | undefined, context?: string, cluster?: string): KubeConfig {
  const config = new KubeConfig();
  if (!kubeconfig || kubeconfig === process.env.KUBECONFIG) config.loadFromDefault();
  else if (isContent(kubeconfig)) config.loadFromString(kubeconfig);
  else if (existsSync(kubeconfig)) config.loadFromFile(kubeconfig);
  else
    throw new Error(`there is no kubeconfig ${kubeconfig}; set kubernetes:kubeconfig or KUBECONFIG to one`);

  if (context) {
    const names = config.getContexts().map(({ name }) => name);
    if (!names.includes(context)) {
      throw new Error(`the kubeconfig has no context "${context}"; it has: ${names.join(", ") || "none"}`);
    }
    config.setCurrentContext(context);
  }
  if (cluster) {
    const names = config.getClusters().map(({ name }) => name);
    if (!names.includes(cluster)) {
      throw new Error(`the kubeconfig has no cluster "${cluster}"; it has: ${names.join(", ") || "none"}`);
    }
    const current = config.getContextObject(config.getCurrentContext());
    if (current)
      config.contexts = config.contexts.map((item) => (item === current ? { ...item, cluster } : item));
  }
  if (!config.getCurrentCluster())
    throw new Error("the kubeconfig says no current cluster; set kubernetes:context");
  return config;
}

function isContent(text: string): boolean {
  return /[\n{]/.test(text) && isObject(parse(text));
}

function json(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    // A plain string is what it is.
    return value;
  }
}

function text(inputs: Properties, name: string): string | undefined {
  const value = inputs[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function flag(inputs: Properties, name: string): boolean | undefined {
  const value = json(inputs[name]);
  return typeof value === "boolean" ? value : undefined;
}

/** A refresh or destroy runs no program that could pass the variable on. */
function fromEnvironment(name: string): boolean {
  return process.env[name] === "true";
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
