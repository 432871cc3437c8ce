import type { Properties } from "./values";

/** What every request about a resource says of it. */
export interface ResourceRequest {
  /** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>` */
  urn: string;
  /** Type token, such as `kubernetes:apps/v1:Deployment`. */
  type: string;
  /** Logical name in the program. */
  name: string;
}

export interface CheckRequest extends ResourceRequest {
  /** Checked inputs of the last update; empty for a new resource. */
  olds: Properties;
  /** What the program says now. In a preview it may hold unknowns. */
  news: Properties;
  /** Seed for random names, so that a retried operation chooses the same. Empty where the engine gives none. */
  randomSeed: Uint8Array;
  /** The user's `pulumi:autonaming` setting for this resource, if there is one. */
  autonaming?: { mode: "propose" | "enforce" | "disable"; name: string };
}

export interface CheckFailure {
  /** Path of the property that is wrong, such as `spec.replicas`; empty for the resource as a whole. */
  property: string;
  reason: string;
}

export interface CheckResult {
  inputs: Properties;
  failures: CheckFailure[];
}

export interface DiffRequest extends ResourceRequest {
  id: string;
  oldInputs: Properties;
  /** Outputs of the last update. */
  olds: Properties;
  news: Properties;
  /** Property paths of the `ignoreChanges` option; the engine has already put the old values into `news`. */
  ignoreChanges: string[];
}

export type DiffKind = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";

export interface Diff {
  changes: boolean;
  /** Paths that can only change with a new object; a replacement follows when there is one. */
  replaces: string[];
  /** Whether a replacement must remove the old object before it makes the new one. */
  deleteBeforeReplace: boolean;
  /** Every changed path of the inputs. */
  detailed: Record<string, DiffKind>;
}

export interface CreateRequest extends ResourceRequest {
  inputs: Properties;
  /** A preview must change nothing; what it cannot know it may leave out of the outputs. */
  preview: boolean;
  /** Seconds of the `customTimeouts` option; 0 for the provider's default. */
  timeout: number;
}

export interface Created {
  /** May be empty in a preview. */
  id: string;
  outputs: Properties;
}

export interface ReadRequest extends ResourceRequest {
  id: string;
  /** Checked inputs of the last update; empty at an import. */
  inputs: Properties;
  /** Outputs of the last update; empty at an import. */
  outputs: Properties;
}

export interface ReadResult {
  id: string;
  /** The inputs that would lead to what is there now. */
  inputs: Properties;
  outputs: Properties;
}

export interface UpdateRequest extends DiffRequest {
  preview: boolean;
  /** Seconds; 0 for the provider's default. */
  timeout: number;
}

export interface DeleteRequest extends ResourceRequest {
  id: string;
  oldInputs: Properties;
  outputs: Properties;
  /** Seconds; 0 for the provider's default. */
  timeout: number;
}

/** What a plugin does; the server around it speaks the protocol. Any method may throw. */
export interface Provider {
  /** Receives the provider resource's inputs with secrets laid bare, before anything but `check` of itself. */
  configure(config: Properties): Promise<void>;
  /** Fills in defaults and says what is wrong, without asking anyone outside. */
  check(request: CheckRequest): Promise<CheckResult>;
  diff(request: DiffRequest): Promise<Diff>;
  /** @throws {PartialFailure} when the object exists but is not as it should be */
  create(request: CreateRequest): Promise<Created>;
  /** Undefined when the object is gone. */
  read(request: ReadRequest): Promise<ReadResult | undefined>;
  /** @throws {PartialFailure} when the object was changed but is not as it should be */
  update(request: UpdateRequest): Promise<Properties>;
  delete(request: DeleteRequest): Promise<void>;
  invoke?(token: string, args: Properties): Promise<Properties>;
  /** The user wants to stop: end every wait soon. */
  cancel?(): void;
}
