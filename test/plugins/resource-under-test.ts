import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { expect } from "chai";
import { type GeneratedResources, generator } from "../../embedded/plugins/provider";
import { type Properties, reveal } from "../../embedded/plugins/wire";

/** In a preview, what only the update will tell. */
export const UNKNOWN = unknownValue;

/** One resource of a plugin, driven as the engine drives it. */
export class ResourceUnderTest {
  private readonly provider;
  private readonly urn: string;

  constructor(resources: GeneratedResources, type: string) {
    this.provider = generator(resources);
    this.urn = `urn:pulumi:test::plugin-test::a:b:Parent$${type}::it`;
  }

  /** What is wrong with the inputs, each as `<property>: <reason>`, or the reason alone for the whole resource. */
  async failures(inputs: Properties): Promise<string[]> {
    const { failures = [] } = (await this.provider.check?.(this.urn, {}, inputs)) ?? {};
    return failures.map(({ property, reason }) => (property ? `${property}: ${reason}` : reason));
  }

  /** Id and outputs, with secrets still marked. */
  async create(inputs: Properties): Promise<{ id: string; outs: Properties }> {
    expect(await this.failures(inputs)).to.deep.equal([]);
    return (await this.provider.create?.(this.urn, inputs)) as { id: string; outs: Properties };
  }

  /** Outputs, secrets laid bare. */
  async outputs(inputs: Properties): Promise<Record<string, string>> {
    return reveal((await this.create(inputs)).outs) as Record<string, string>;
  }

  /** What an update would do with a state: undefined for nothing, or the properties that replace it. */
  async replacedBy(state: Properties, inputs: Properties): Promise<string[] | undefined> {
    const diff = await this.provider.diff?.("id", this.urn, state, inputs);
    return diff?.changes ? diff.replaces : undefined;
  }

  async read(state: Properties): Promise<Properties> {
    return (await this.provider.read?.("id", this.urn, state))?.props;
  }
}

/** The names of the properties that are marked as secrets. */
export function secretsOf(properties: Properties): string[] {
  return Object.entries(properties).flatMap(([name, value]) =>
    (value as Properties | null)?.[specialSigKey] === specialSecretSig ? [name] : [],
  );
}
