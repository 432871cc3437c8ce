/** An executable that a cluster or a deployment needs, by its file name. */
export type ToolName =
  | "pulumi"
  | "pulumi-language-nodejs"
  | "pulumi-resource-kubernetes"
  | "kubectl"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubelet"
  | "kube-proxy"
  | "coredns"
  | "metrics-server"
  | "kwok"
  | "pilot-discovery"
  | "pilot-agent"
  | "istio-cni"
  | "install-cni"
  | "prometheus";

/** One release: found, downloaded or built, and cached, as a whole. */
export interface Tool {
  name: string;
  version: string;
  /** Each with the arguments that make it print its version, or `null` where nothing does. */
  executables: Readonly<Record<string, readonly string[] | null>>;
  /** Where the publisher has it. @default the publisher has none */
  downloads?: readonly Download[];
  /** Package of the Python registry that brings its executables. @default none does */
  wheel?: Wheel;
  sources: readonly Source[];
}

/** A file of the publisher: an executable, or an archive of them, which ends in `gz`. */
export interface Download {
  url: string;
  /** A file with the SHA-256 of `url`, alone or in lines such as sha256sum prints. */
  checksums: string;
  /** Top folder of the archive that the executables are in. @default none, they are at the top */
  within?: string;
}

/** A package of the Python registry with an executable in it. */
export interface Wheel {
  package: string;
  version: string;
  /** One a processor. */
  sha256: readonly string[];
  /** The executable's path in it. */
  member: string;
}

/** A JSON file that a package of ours embeds, made of one of another module. */
export interface Embed {
  /** Where the package has it, below the folder of the go.mod. */
  as: string;
  /** Module it is in. */
  from: string;
  path: string;
  /** Fields that are set in it. @default none */
  set?: Readonly<Record<string, string>>;
}

/** What `go build` makes in one go. */
export interface Source {
  /** Folder below `modules`, with the go.mod that pins everything and its go.sum. */
  module: string;
  packages: readonly string[];
  tags?: readonly string[];
  /** Go variables that tell the version, and their values. */
  stamps?: Readonly<Record<string, string>>;
  /** What its packages embed and its folder does not hold. @default nothing */
  embeds?: readonly Embed[];
  /** Names that its one executable has beside its own, each a hard link: it does what the name says. @default none */
  names?: readonly ToolName[];
  /** Arguments that the executable always gets before its own. @default none */
  alwaysWith?: readonly string[];
  /** An executable of another source of the same tool, that starts this one and is called in its place. @default none */
  startedBy?: string;
}

/** The executables that everything embedded is run with. */
export interface Toolchain {
  /** Absolute path of an executable. */
  path(tool: ToolName): string;
  /** Folder to put on the PATH: pulumi, its language host, kubectl. */
  binDir: string;
}
