/** An executable of the toolchain, by its file name. */
export type ToolName =
  | "pulumi"
  | "pulumi-language-nodejs"
  | "kubectl"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubelet"
  | "kube-proxy"
  | "coredns"
  | "metrics-server"
  | "kwok"
  | "istio-charts"
  | "pilot-discovery"
  | "pilot-agent"
  | "istio-cni"
  | "prometheus"
  | "promtool"
  | "kube-score"
  | "kubeconform"
  | "actionlint";

/** One release: found, downloaded or built, and cached, as a whole. */
export interface Tool {
  name: string;
  version: string;
  /** Each with the arguments that make it print its version, or `null` where nothing does. */
  executables: Partial<Record<ToolName, readonly string[] | null>>;
  /** Where the publisher has it. @default the publisher has none */
  downloads?: readonly Download[];
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

/** Major, minor and patch. */
export type GoVersion = readonly [number, number, number];

/** What `go build` makes in one go. */
export interface Source {
  /** Folder below `modules`, with the go.mod that pins everything and its go.sum. */
  module: string;
  packages: readonly string[];
  tags?: readonly string[];
  /** Go variables that tell the version, and their values. */
  stamps?: Readonly<Record<string, string>>;
  /** The Go that its go.mod asks for. @default what every module does with */
  go?: GoVersion;
  /** Arguments that the executable always gets before its own. @default none */
  alwaysWith?: readonly string[];
  /** An executable of another source of the same tool, that starts this one and is called in its place. @default none */
  startedBy?: string;
}

const PULUMI = "3.246.0";
const KUBERNETES = "1.34.2";
const COREDNS = "1.13.1";
const METRICS_SERVER = "0.7.2";
const KWOK = "0.8.0";
const PROMETHEUS = "3.10.0";
const KUBE_SCORE = "1.20.0";
const KUBECONFORM = "0.7.0";
const ACTIONLINT = "1.7.12";
/** Of the branch of Istio 1.31: the module proxy serves its source by commits only. This one is of 2026-08-27. */
const ISTIO = "1.31.0-20260827124520";

/** Variable that each of Istio's programs tells its version from. */
const ISTIO_STAMP = { "istio.io/istio/pkg/version.buildVersion": ISTIO };

/** This processor in the names that Go programs are released under; those of Pulumi say it like Node. */
const goArch = process.arch === "x64" ? "amd64" : process.arch;

/** Debian's own is built without what finds pods and nodes. Nothing else finds targets here, so the rest is left out. */
const prometheus: Tool = {
  name: "prometheus",
  version: PROMETHEUS,
  executables: { prometheus: ["--version"], promtool: ["--version"] },
  downloads: [prometheusRelease()],
  sources: [
    {
      module: "prometheus",
      packages: ["prometheus", "promtool"].map((name) => `github.com/prometheus/prometheus/cmd/${name}`),
      tags: ["remove_all_sd", "enable_kubernetes_sd"],
      stamps: { "github.com/prometheus/common/version.Version": PROMETHEUS },
    },
  ],
};

/** What makes a Pulumi program run and a cluster be asked: all that is needed where kind makes the cluster. */
export const clientTools: readonly Tool[] = [
  {
    name: "pulumi",
    version: PULUMI,
    executables: { pulumi: ["version"], "pulumi-language-nodejs": null },
    downloads: [pulumiRelease()],
    sources: [
      {
        module: "pulumi",
        packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
        stamps: pulumiStamps(),
      },
      {
        module: "pulumi-language-nodejs",
        packages: ["github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"],
        stamps: pulumiStamps(),
        // The last host that a Go module holds is older than the CLI, which gives it the options of
        // Pulumi.yaml in a way it does not know. These are those options.
        alwaysWith: ["-typescript=false", "-nodeargs=--import=tsx"],
        // Nor can it start a policy pack, as the CLI asks it to.
        startedBy: "pulumi-plugin-runner",
      },
      { module: "pulumi-plugin-runner", packages: ["."] },
    ],
  },
  {
    name: "kubectl",
    version: KUBERNETES,
    executables: { kubectl: ["version", "--client"] },
    downloads: kubernetesRelease("kubectl"),
    sources: [kubernetesSource("kubectl")],
  },
];

/** What a node is made of, besides Debian's packages. */
export const nodeTools: readonly Tool[] = [
  {
    name: "kubernetes",
    version: KUBERNETES,
    executables: {
      "kube-apiserver": ["--version"],
      "kube-controller-manager": ["--version"],
      "kube-scheduler": ["--version"],
      kubelet: ["--version"],
      "kube-proxy": ["--version"],
    },
    downloads: kubernetesRelease(
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kubelet",
      "kube-proxy",
    ),
    sources: [
      kubernetesSource(
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kubelet",
        "kube-proxy",
      ),
    ],
  },
  {
    name: "coredns",
    version: COREDNS,
    executables: { coredns: ["-version"] },
    downloads: [corednsRelease()],
    sources: [{ module: "coredns", packages: ["."], tags: ["grpcnotrace"] }],
  },
  {
    name: "metrics-server",
    version: METRICS_SERVER,
    executables: { "metrics-server": ["--version"] },
    sources: [
      {
        module: "metrics-server",
        packages: ["sigs.k8s.io/metrics-server/cmd/metrics-server"],
        stamps: { "k8s.io/client-go/pkg/version.gitVersion": `v${METRICS_SERVER}` },
      },
    ],
  },
  // For its stand-in image.
  prometheus,
];

/** What renders Istio's charts, in place of Helm and a repository of charts. */
const istioCharts: Tool = {
  name: "istio-charts",
  version: ISTIO,
  executables: { "istio-charts": null },
  sources: [{ module: "istio", packages: ["."], go: [1, 26, 0] }],
};

/** The mesh of a cluster that pulls images: Istio's own do the rest. */
export const meshClientTools: readonly Tool[] = [istioCharts];

/**
 * The mesh of a node: its control plane, what it runs beside each pod, and what leads a pod's traffic there. Its
 * publisher has images of them only.
 */
export const meshTools: readonly Tool[] = [
  istioCharts,
  {
    name: "istio",
    version: ISTIO,
    executables: {
      "pilot-discovery": ["version", "--short"],
      "pilot-agent": ["version", "--short"],
      "istio-cni": null,
    },
    sources: [
      {
        module: "istio",
        packages: [
          "istio.io/istio/pilot/cmd/pilot-discovery",
          "istio.io/istio/pilot/cmd/pilot-agent",
          "istio.io/istio/cni/cmd/istio-cni",
        ],
        stamps: ISTIO_STAMP,
        go: [1, 26, 0],
      },
    ],
  },
];

/** What simulates nodes. Built from source: its releases come without checksums. */
export const simulationTools: readonly Tool[] = [
  {
    name: "kwok",
    version: KWOK,
    executables: { kwok: ["--version"] },
    sources: [{ module: "kwok", packages: ["sigs.k8s.io/kwok/cmd/kwok"], go: [1, 26, 0] }],
  },
];

/** What the tests look at the rendered objects and the workflows with. Built from source: nobody else on a machine needs them. */
export const scannerTools: readonly Tool[] = [
  prometheus,
  {
    name: "kube-score",
    version: KUBE_SCORE,
    executables: { "kube-score": ["version"] },
    sources: [
      {
        module: "kube-score",
        packages: ["github.com/zegl/kube-score/cmd/kube-score"],
        stamps: { "main.version": KUBE_SCORE },
      },
    ],
  },
  {
    name: "kubeconform",
    // 0.8 asks for Go 1.26, for nothing that is used here.
    version: KUBECONFORM,
    executables: { kubeconform: ["-v"] },
    sources: [
      {
        module: "kubeconform",
        packages: ["github.com/yannh/kubeconform/cmd/kubeconform"],
        stamps: { "main.version": KUBECONFORM },
      },
    ],
  },
  {
    name: "actionlint",
    version: ACTIONLINT,
    executables: { actionlint: ["-version"] },
    sources: [
      {
        module: "actionlint",
        packages: ["github.com/rhysd/actionlint/cmd/actionlint"],
        stamps: { "github.com/rhysd/actionlint.version": ACTIONLINT },
      },
    ],
  },
];

/** Every tool there is. */
export const allTools: readonly Tool[] = [
  ...new Set([...clientTools, ...nodeTools, ...meshTools, ...simulationTools, ...scannerTools]),
];

function pulumiRelease(): Download {
  const release = `https://github.com/pulumi/pulumi/releases/download/v${PULUMI}`;
  return {
    url: `${release}/pulumi-v${PULUMI}-linux-${process.arch}.tar.gz`,
    checksums: `${release}/pulumi-${PULUMI}-checksums.txt`,
    within: "pulumi",
  };
}

function pulumiStamps(): Record<string, string> {
  return { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${PULUMI}` };
}

function kubernetesRelease(...names: ToolName[]): Download[] {
  return names.map((name) => {
    const url = `https://dl.k8s.io/release/v${KUBERNETES}/bin/linux/${goArch}/${name}`;
    return { url, checksums: `${url}.sha256` };
  });
}

/** The tags and stamps are those of the official release. */
function kubernetesSource(...names: ToolName[]): Source {
  const [major, minor] = KUBERNETES.split(".") as [string, string];
  const stamps = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].map((variables) => ({
    [`${variables}.gitVersion`]: `v${KUBERNETES}`,
    [`${variables}.gitMajor`]: major,
    [`${variables}.gitMinor`]: minor,
  }));
  return {
    module: "kubernetes",
    packages: names.map((name) => `k8s.io/kubernetes/cmd/${name}`),
    tags: ["selinux", "notest", "grpcnotrace"],
    stamps: Object.assign({}, ...stamps),
  };
}

function corednsRelease(): Download {
  const url =
    `https://github.com/coredns/coredns/releases/download/v${COREDNS}/` +
    `coredns_${COREDNS}_linux_${goArch}.tgz`;
  return { url, checksums: `${url}.sha256` };
}

function prometheusRelease(): Download {
  const release = `https://github.com/prometheus/prometheus/releases/download/v${PROMETHEUS}`;
  const name = `prometheus-${PROMETHEUS}.linux-${goArch}`;
  return { url: `${release}/${name}.tar.gz`, checksums: `${release}/sha256sums.txt`, within: name };
}
