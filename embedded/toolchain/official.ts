import type { Download, ToolName } from "./tool";

// Where the publishers have their releases, and the checksums beside them.

/** This processor in the names that Go programs are released under; those of Pulumi say it like Node. */
const goArch = process.arch === "x64" ? "amd64" : process.arch;

export function pulumiRelease(version: string): Download {
  const release = `https://github.com/pulumi/pulumi/releases/download/v${version}`;
  return {
    url: `${release}/pulumi-v${version}-linux-${process.arch}.tar.gz`,
    checksums: `${release}/pulumi-${version}-checksums.txt`,
    within: "pulumi",
  };
}

export function kubernetesRelease(version: string, ...names: ToolName[]): Download[] {
  return names.map((name) => {
    const url = `https://dl.k8s.io/release/v${version}/bin/linux/${goArch}/${name}`;
    return { url, checksums: `${url}.sha256` };
  });
}

export function corednsRelease(version: string): Download {
  const url =
    `https://github.com/coredns/coredns/releases/download/v${version}/` +
    `coredns_${version}_linux_${goArch}.tgz`;
  return { url, checksums: `${url}.sha256` };
}

export function prometheusRelease(version: string): Download {
  const release = `https://github.com/prometheus/prometheus/releases/download/v${version}`;
  const name = `prometheus-${version}.linux-${goArch}`;
  return { url: `${release}/${name}.tar.gz`, checksums: `${release}/sha256sums.txt`, within: name };
}
