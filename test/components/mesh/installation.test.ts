import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { istioReleases } from "../../../components/mesh/charts";
import { IstioInstallation } from "../../../components/mesh/installation";
import { versionProblems } from "../../../components/mesh/least-versions";
import { formatProblems } from "../../../model/problems";
import { parseIstioSettings } from "../../../model/settings/istio";
import { istio } from "../../../model/versions";
import { malai } from "../../../platforms/malai";
import { readStackFile, settingsIn, valuesOf } from "../../../stacks/stack-file";
import { renderPlan } from "../../support/render";
import { planFor } from "./plans";

const settingsOf = (changes: Record<string, unknown> = {}) => {
  const parsed = parseIstioSettings({ context: "production", istio: changes });
  if ("problems" in parsed) throw new Error(formatProblems("istio", parsed.problems));
  return parsed.settings.istio;
};
const istiodOf = (changes: Record<string, unknown> = {}): any =>
  istioReleases(settingsOf(changes)).find(({ name }) => name === "istio-istiod")?.values;

interface Registered {
  inputs: any;
  /** What it waits for, by name. */
  after: string[];
  isProtected: boolean;
}

/** The releases that the component makes of settings, in the order in which it does. */
async function installed(changes: Record<string, unknown> = {}): Promise<Registered[]> {
  const found: Registered[] = [];
  await pulumi.runtime.setMocks({
    call: ({ inputs }) => inputs,
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }),
  });
  const names = new Map<unknown, string>();
  const note: pulumi.ResourceTransformation = ({ resource, type, name, props: inputs, opts }) => {
    names.set(resource, name);
    const after = ((opts.dependsOn ?? []) as pulumi.Resource[]).map((one) => names.get(one) ?? "unknown");
    if (type === "kubernetes:helm.sh/v3:Release") {
      found.push({ inputs, after, isProtected: opts.protect ?? false });
    }
    return undefined;
  };
  new IstioInstallation("istio", settingsOf(changes), { transformations: [note] });
  await pulumi.runtime.disconnect();
  return found;
}

describe("Istio's installation", () => {
  it("[C3] is by its own charts in one version, each after the one that it needs", async () => {
    const releases = await installed();
    const repo = "https://istio-release.storage.googleapis.com/charts";
    expect(releases.map(({ inputs }) => inputs.chart)).to.deep.equal(["base", "cni", "istiod"]);
    for (const { inputs } of releases) {
      expect(inputs).to.deep.include({ version: istio, namespace: "istio-system", repositoryOpts: { repo } });
      expect(inputs).to.include({ atomic: true, createNamespace: true });
    }
    expect(releases.map(({ after }) => after)).to.deep.equal([[], ["istio-base"], ["istio-cni"]]);
  });

  it("[R65] cannot be destroyed by mistake, unless the settings say so", async () => {
    expect((await installed()).map(({ isProtected }) => isProtected)).to.deep.equal([true, true, true]);
    const open = await installed({ protect: false });
    expect(open.map(({ isProtected }) => isProtected)).to.deep.equal([false, false, false]);
  });

  it("[R65] is no part of a platform: what one destroys, the others keep", async () => {
    const types = (await renderPlan(planFor(malai))).map(({ type }) => type);
    expect(types).to.include("kubernetes:networking.istio.io/v1:VirtualService");
    expect(types.filter((type) => type.startsWith("kubernetes:helm.sh/"))).to.deep.equal([]);
  });

  it("takes the charts from a folder", async () => {
    const [base] = await installed({ charts: "/charts" });
    expect(base?.inputs.chart).to.equal("/charts/base");
    expect(base?.inputs.repositoryOpts).to.equal(undefined);
  });

  it("[O13] redirects traffic by the CNI plugin, as Pod Security restricted refuses the init container", () => {
    expect(istiodOf().pilot.cni).to.deep.equal({ enabled: true });
  });

  it("[R45] has native sidecars, whatever the kubelets' version makes Istio choose", () => {
    expect(istiodOf().pilot.env).to.deep.equal({ ENABLE_NATIVE_SIDECARS: "true" });
  });

  it("has two replicas of the control plane and more, of the size that the settings say", () => {
    expect(istiodOf().pilot).to.include({ autoscaleMin: 2, autoscaleMax: 5 });
    const small = istiodOf({ replicas: { min: 1, max: 1 }, resources: { requests: { cpu: "50m" } } }).pilot;
    expect(small).to.include({ autoscaleMin: 1, autoscaleMax: 1 });
    expect(small.resources).to.deep.equal({
      requests: { cpu: "50m", memory: "512Mi" },
      limits: { cpu: "2", memory: "2Gi" },
    });
  });

  it("merges a stack's own Helm values over the program's", () => {
    const values = { istiod: { pilot: { env: { A: "1" } }, meshConfig: { enablePrometheusMerge: true } } };
    const merged = istiodOf({ values });
    expect(merged.pilot.env).to.deep.equal({ ENABLE_NATIVE_SIDECARS: "true", A: "1" });
    expect(merged.pilot.cni).to.deep.equal({ enabled: true });
    expect(merged.meshConfig).to.deep.include({ enablePrometheusMerge: true });
  });

  it("[R5] finds a route with two slashes as with one, and leaves encoded ones as they are", () => {
    expect(istiodOf().meshConfig.pathNormalization).to.deep.equal({ normalization: "MERGE_SLASHES" });
  });
});

describe("Settings of a stack that installs Istio", () => {
  const problemsOf = (values: Record<string, unknown>) => {
    const parsed = parseIstioSettings(values);
    return "problems" in parsed ? formatProblems("istio", parsed.problems).split("\n") : [];
  };

  it("are complete in every such stack", () => {
    for (const stack of ["istio", "istio-prod"]) {
      expect(problemsOf(valuesOf(readStackFile(stack))), stack).to.deep.equal([]);
    }
  });

  it("are refused with every problem at once", () => {
    expect(
      problemsOf({ host: "x", istio: { replicas: { min: 3, max: 1 }, values: { ztunnel: {} } } }),
    ).to.deep.equal([
      "4 problems in stack istio, nothing was changed:",
      "  platform:context               is not set; add it to the stack's file, or run: pulumi config set platform:context …",
      '  platform:istio.replicas        {"min":3,"max":1}: min is over max; correct it in the stack\'s file',
      "  platform:istio.values.ztunnel  no such setting; remove it, or write one of: base, cni, istiod",
      "  platform:host                  no such setting; remove it, or write one of: context, istio",
    ]);
  });

  it("are those of no platform, and say so to whoever takes them for one", () => {
    expect(() => settingsIn(readStackFile("istio"))).to.throw(
      "stack istio installs Istio, and is no platform",
    );
  });
});

describe("Least versions", () => {
  it("[R45] of the API server and of every kubelet are named with what is found and what to do", () => {
    const kubelets = { a: "v1.28.9-eks-1a2b3c", b: "v1.29.0" };
    const problems = versionProblems("production", { apiServer: "v1.31.2", kubelets });
    expect(formatProblems("istio", problems).split("\n")).to.deep.equal([
      "2 problems in stack istio, nothing was changed:",
      "  cluster production  its API server is v1.31.2, and Istio 1.31.4 needs Kubernetes 1.32 or later; upgrade the cluster first",
      "  node a              its kubelet is v1.28.9-eks-1a2b3c, and native sidecars need 1.29 or later; upgrade the node first",
    ]);
  });

  it("[R45] are enough for what the embedded cluster has, and for what comes after", () => {
    expect(versionProblems("x", { apiServer: "v1.34.2", kubelets: { a: "v1.34.2" } })).to.deep.equal([]);
    expect(versionProblems("x", { apiServer: "v2.0.0", kubelets: { a: "v1.40.1" } })).to.deep.equal([]);
  });
});
