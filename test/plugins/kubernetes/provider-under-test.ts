import { KubernetesProvider } from "../../../embedded/plugins/kubernetes/provider";
import {
  PartialFailure,
  type Properties,
  type Provider,
  type ReadResult,
  reveal,
} from "../../../embedded/plugins/protocol/index";
import { ApiServer } from "./api-server";

let starting: Promise<ApiServer> | undefined;

after(async function () {
  this.timeout(30_000);
  await (await starting)?.stop();
});

/** One control plane for all test files of a run; each test has its own namespace. */
export function useApiServer(): { readonly current: ApiServer } {
  let server: ApiServer | undefined;
  before(async function () {
    this.timeout(90_000);
    starting ??= ApiServer.start();
    server = await starting;
  });
  return {
    get current() {
      if (!server) throw new Error("the API server starts before the first test");
      return server;
    },
  };
}

/** What the provider told the engine. */
export interface Told {
  statuses: string[];
  logs: { severity: string; message: string }[];
}

/** A resource in the hands of a test, from its program's inputs through check, create, update, read and delete as the engine calls them. */
export class Resource {
  readonly told: Told = { statuses: [], logs: [] };
  readonly provider: Provider;
  inputs: Properties = {};
  outputs: Properties = {};
  id = "";

  private constructor(
    readonly type: string,
    readonly name: string,
  ) {
    this.provider = new KubernetesProvider({
      log: (severity, message) => this.told.logs.push({ severity, message }),
      status: (_urn, message) => this.told.statuses.push(message),
    });
  }

  static async of(server: ApiServer, type: string, name: string, config: Properties = {}): Promise<Resource> {
    const resource = new Resource(type, name);
    await resource.provider.configure({ kubeconfig: server.kubeconfig, ...config });
    return resource;
  }

  get reference() {
    return { urn: `urn:pulumi:test::test::${this.type}::${this.name}`, type: this.type, name: this.name };
  }

  async check(news: Properties): Promise<Properties> {
    const request = { ...this.reference, olds: this.inputs, news, randomSeed: new Uint8Array() };
    const { inputs, failures } = await this.provider.check(request);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return inputs;
  }

  /** Keeps the object of a partial failure, as the engine does. */
  async create(news: Properties, timeout = 0): Promise<Properties> {
    this.inputs = await this.check(news);
    const request = { ...this.reference, inputs: this.inputs, preview: false, timeout };
    const { id, outputs } = await this.provider.create(request).catch((error: unknown) => {
      if (error instanceof PartialFailure) Object.assign(this, { id: error.id, outputs: error.outputs });
      throw error;
    });
    Object.assign(this, { id, outputs });
    return reveal(outputs);
  }

  async previewCreate(news: Properties): Promise<Properties> {
    const inputs = await this.check(news);
    const { outputs } = await this.provider.create({ ...this.reference, inputs, preview: true, timeout: 0 });
    return outputs;
  }

  async update(
    news: Properties,
    options: { preview?: boolean; ignoreChanges?: string[] } = {},
  ): Promise<Properties> {
    const inputs = await this.check(news);
    const outputs = await this.provider.update({
      ...this.change(inputs, options.ignoreChanges),
      preview: options.preview ?? false,
      timeout: 0,
    });
    if (!options.preview) Object.assign(this, { inputs, outputs });
    return reveal(outputs);
  }

  async diff(news: Properties) {
    return this.provider.diff(this.change(await this.check(news)));
  }

  read(): Promise<ReadResult | undefined> {
    return this.provider.read({ ...this.reference, id: this.id, inputs: this.inputs, outputs: this.outputs });
  }

  /** What a refresh would show: the paths where the cluster differs from the state. */
  async drift(): Promise<string[]> {
    const found = await this.read();
    if (!found) return ["gone"];
    const diff = await this.provider.diff({
      ...this.change(this.inputs),
      oldInputs: found.inputs,
      olds: found.outputs,
    });
    return Object.keys(diff.detailed);
  }

  /** Takes over what a refresh found. */
  async refresh(): Promise<void> {
    const found = await this.read();
    Object.assign(this, { inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} });
  }

  delete(timeout = 0): Promise<void> {
    const { id, inputs: oldInputs, outputs } = this;
    return this.provider.delete({ ...this.reference, id, oldInputs, outputs, timeout });
  }

  private change(news: Properties, ignoreChanges: string[] = []) {
    const { id, inputs: oldInputs, outputs: olds } = this;
    return { ...this.reference, id, oldInputs, olds, news, ignoreChanges };
  }
}

/** The error that a promise ends with; a promise that ends well is an error here. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const result = await promise.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );
  if ("error" in result) return result.error;
  throw new Error(`expected an error, got ${JSON.stringify(result.value)}`);
}
