import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { CheckRequest, CheckResult, Diff, DiffKind, Provider } from "./provider";
import { fromStruct, type Properties, reveal, toStruct } from "./values";

const kinds: Record<DiffKind, messages.PropertyDiff.Kind> = {
  add: messages.PropertyDiff.Kind.ADD,
  "add-replace": messages.PropertyDiff.Kind.ADD_REPLACE,
  delete: messages.PropertyDiff.Kind.DELETE,
  "delete-replace": messages.PropertyDiff.Kind.DELETE_REPLACE,
  update: messages.PropertyDiff.Kind.UPDATE,
  "update-replace": messages.PropertyDiff.Kind.UPDATE_REPLACE,
};

const { Mode } = messages.CheckRequest.AutonamingOptions;

/**
 * The methods of the protocol over a {@link Provider}. What is absent (calls, mappings) answers
 * `UNIMPLEMENTED`, which the engine understands.
 */
export function handlers(version: string, provider: Provider) {
  return {
    async handshake() {
      return new messages.ProviderHandshakeResponse()
        .setAcceptSecrets(true)
        .setAcceptResources(true)
        .setAcceptOutputs(false)
        .setSupportsAutonamingConfiguration(true);
    },
    async getPluginInfo() {
      return new plugin.PluginInfo().setVersion(version);
    },
    async attach() {
      return new empty.Empty();
    },
    async getSchema() {
      return new messages.GetSchemaResponse().setSchema("{}");
    },
    async checkConfig(request: messages.CheckRequest) {
      return new messages.CheckResponse().setInputs(request.getNews());
    },
    /** A provider that is configured anew is still the same one: nothing it made needs to be replaced. */
    async diffConfig(request: messages.DiffRequest) {
      const changed = !sameJson(fromStruct(request.getOldInputs()), fromStruct(request.getNews()));
      return toDiffResponse({ changes: changed, replaces: [], deleteBeforeReplace: false, detailed: {} });
    },
    async configure(request: messages.ConfigureRequest) {
      await provider.configure(reveal<Properties>(fromStruct(request.getArgs())));
      return new messages.ConfigureResponse()
        .setAcceptsecrets(true)
        .setAcceptresources(true)
        .setAcceptoutputs(false)
        .setSupportspreview(true)
        .setSupportsAutonamingConfiguration(true);
    },
    async check(request: messages.CheckRequest) {
      const result = await provider.check({
        ...resourceOf(request),
        olds: fromStruct(request.getOlds()),
        news: fromStruct(request.getNews()),
        randomSeed: request.getRandomseed_asU8(),
        autonaming: autonamingOf(request),
      });
      return toCheckResponse(result);
    },
    async diff(request: messages.DiffRequest) {
      return toDiffResponse(await provider.diff(changeOf(request)));
    },
    async create(request: messages.CreateRequest) {
      const { id, outputs } = await provider.create({
        ...resourceOf(request),
        inputs: fromStruct(request.getProperties()),
        preview: request.getPreview(),
        timeout: request.getTimeout(),
      });
      return new messages.CreateResponse().setId(id).setProperties(toStruct(outputs));
    },
    async read(request: messages.ReadRequest) {
      const found = await provider.read({
        ...resourceOf(request),
        id: request.getId(),
        inputs: fromStruct(request.getInputs()),
        outputs: fromStruct(request.getProperties()),
      });
      // An empty id tells the engine that the object is gone.
      if (!found) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(found.id)
        .setInputs(toStruct(found.inputs))
        .setProperties(toStruct(found.outputs));
    },
    async update(request: messages.UpdateRequest) {
      const outputs = await provider.update({
        ...changeOf(request),
        preview: request.getPreview(),
        timeout: request.getTimeout(),
      });
      return new messages.UpdateResponse().setProperties(toStruct(outputs));
    },
    async delete(request: messages.DeleteRequest) {
      await provider.delete({
        ...resourceOf(request),
        id: request.getId(),
        oldInputs: fromStruct(request.getOldInputs()),
        outputs: fromStruct(request.getProperties()),
        timeout: request.getTimeout(),
      });
      return new empty.Empty();
    },
    async invoke(request: messages.InvokeRequest) {
      if (!provider.invoke) throw new Error(`this plugin has no function ${request.getTok()}`);
      const result = await provider.invoke(request.getTok(), fromStruct(request.getArgs()));
      return new messages.InvokeResponse().setReturn(toStruct(result));
    },
    async construct(request: messages.ConstructRequest) {
      throw new Error(`${request.getType()} needs the official plugin; this one has no components`);
    },
    async cancel() {
      provider.cancel?.();
      return new empty.Empty();
    },
  };
}

/** What the requests about a resource have in common. */
interface AboutResource {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

function resourceOf(request: AboutResource) {
  return { urn: request.getUrn(), type: request.getType(), name: request.getName() };
}

function changeOf(request: messages.DiffRequest | messages.UpdateRequest) {
  return {
    ...resourceOf(request),
    id: request.getId(),
    oldInputs: fromStruct(request.getOldInputs()),
    olds: fromStruct(request.getOlds()),
    news: fromStruct(request.getNews()),
    ignoreChanges: request.getIgnorechangesList(),
  };
}

function autonamingOf(request: messages.CheckRequest): CheckRequest["autonaming"] {
  const options = request.getAutonaming();
  if (!options) return undefined;
  const modes = { [Mode.PROPOSE]: "propose", [Mode.ENFORCE]: "enforce", [Mode.DISABLE]: "disable" } as const;
  return { mode: modes[options.getMode()], name: options.getProposedName() };
}

function toCheckResponse({ inputs, failures }: CheckResult) {
  return new messages.CheckResponse()
    .setInputs(toStruct(inputs))
    .setFailuresList(
      failures.map(({ property, reason }) =>
        new messages.CheckFailure().setProperty(property).setReason(reason),
      ),
    );
}

function toDiffResponse({ changes, replaces, deleteBeforeReplace, detailed }: Diff) {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse()
    .setChanges(changes ? DIFF_SOME : DIFF_NONE)
    .setReplacesList(replaces)
    .setDeletebeforereplace(deleteBeforeReplace)
    .setDiffsList([...new Set(Object.keys(detailed).map((path) => path.split(/[.[]/)[0] ?? path))])
    .setHasdetaileddiff(Object.keys(detailed).length > 0);
  for (const [path, kind] of Object.entries(detailed)) {
    response
      .getDetaileddiffMap()
      .set(path, new messages.PropertyDiff().setKind(kinds[kind]).setInputdiff(true));
  }
  return response;
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
