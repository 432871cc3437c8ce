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
    return { url, sha256: kubernetesSums[`${version}/${goArch}/${name}`], checksums: `${url}.sha256` };
  });
}

/** Of those releases that a public list of their sums has; the others' publisher is believed. */
const kubernetesSums: Record<string, string> = {
  "1.34.2/amd64/kubectl": "9591f3d75e1581f3f7392e6ad119aab2f28ae7d6c6e083dc5d22469667f27253",
  "1.34.2/arm64/kubectl": "95df604e914941f3172a93fa8feeb1a1a50f4011dfbe0c01e01b660afc8f9b85",
  "1.34.2/amd64/kubelet": "9c5e717b774ee9b9285ce47e7d2150c29e84837eb19a7eaa24b60b1543c9d58f",
  "1.34.2/arm64/kubelet": "3e31b1bee9ab32264a67af8a19679777cd372b1c3a04b5d7621289cf137b357c",
};

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
