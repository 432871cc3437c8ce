import kubernetesSdk from "@pulumi/kubernetes/package.json" with { type: "json" };
import { meshTools } from "./mesh-tools";
import { corednsRelease, kubernetesRelease, prometheusRelease, pulumiRelease } from "./official";
import type { Source, Tool, ToolName } from "./tool";

const PULUMI = "3.246.0";
const KUBERNETES = "1.34.2";
const COREDNS = "1.13.1";
const METRICS_SERVER = "0.7.2";
const KWOK = "0.8.0";
const PROMETHEUS = "3.10.0";
const KUBE_SCORE = "1.20.0";
const KUBECONFORM = "0.7.0";
const ACTIONLINT = "1.7.12";
/** Debian's own is built without what finds pods and nodes. Nothing else finds targets here, so the rest is left out. */
const prometheus: Tool = {
  name: "prometheus",
  version: PROMETHEUS,
  executables: { prometheus: ["--version"], promtool: ["--version"] },
  downloads: [prometheusRelease(PROMETHEUS)],
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
    downloads: [pulumiRelease(PULUMI)],
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
        alwaysWith: ["-typescript=false", "-nodeargs=--import=tsx/esm"],
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
    downloads: kubernetesRelease(KUBERNETES, "kubectl"),
    sources: [kubernetesSource("kubectl")],
  },
];

/** Module of Pulumi's Kubernetes provider. */
const PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4";
const providerPackage = "pulumi-resource-kubernetes";

/**
 * Pulumi's own Kubernetes provider, of the SDK's version, for where its release cannot be downloaded (by the Pulumi CLI). The
 * module proxy serves it by commits only: the one in go.mod is that of the tag v4.25.0. It shares its modules with
 * the CLI, so that what both need compiles once.
 */
export const kubernetesProvider: Tool = {
  name: "pulumi-kubernetes",
  version: kubernetesSdk.version,
  executables: { "pulumi-resource-kubernetes": null },
  sources: [
    {
      module: "pulumi",
      packages: [`./${providerPackage}`],
      stamps: { [`${PROVIDER}/pkg/version.Version`]: kubernetesSdk.version },
      embeds: ["schema.json", "terraform-mapping.json"].map((file) => ({
        as: `${providerPackage}/${file}`,
        from: PROVIDER,
        path: `cmd/pulumi-resource-kubernetes/${file}`,
        ...(file === "schema.json" && { set: { version: kubernetesSdk.version } }),
      })),
    },
  ],
};

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
      KUBERNETES,
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
    downloads: [corednsRelease(COREDNS)],
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
  ...new Set([
    ...clientTools,
    kubernetesProvider,
    ...nodeTools,
    ...meshTools,
    ...simulationTools,
    ...scannerTools,
  ]),
];

function pulumiStamps(): Record<string, string> {
  return { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${PULUMI}` };
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
