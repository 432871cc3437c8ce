import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { toolchain } from "../../embedded/toolchain";
import { DEFINITIONS, istioCharts } from "../../embedded/toolchain/istio-charts";
import { podOf } from "../../policy/objects";
import { eventually, useApiServer } from "../support/api-server";
import { type Manifest, manifestsOf, stacks } from "../support/manifests";
import { BAD, type Manifests, renderAll } from "./findings";

/** What kubectl says of a run: the objects that were accepted, and the API server's errors and warnings. */
interface Answer {
  accepted: number;
  complaints: string[];
}

/** Kinds that others need to be there for real, while they are only tried. */
const FOUNDATIONS = ["Namespace", "PriorityClass"];

describe("The API server's dry-run of every stack", function () {
  this.timeout(120_000);
  const server = useApiServer();
  let manifests: Manifests;

  before(async () => {
    manifests = await renderAll();
    const crds = await kubectl("create", "--filename", join(await istioCharts(), DEFINITIONS));
    expect(crds.complaints.join("\n")).to.equal("");
    await eventually(() => server.current.request("GET", "/apis/networking.istio.io/v1/sidecars"));
  });
  after(() => manifests?.remove());

  for (const stack of stacks) {
    describe(`stack ${stack}`, () => {
      let objects: Manifest[];
      before(async () => {
        objects = await manifestsOf(stack);
        const file = write("foundations", [...ofKinds(FOUNDATIONS), ...foreignNamespaces()]);
        const { complaints } = await kubectl("apply", "--validate=strict", "--filename", file);
        expect(complaints.join("\n")).to.equal("");
      });

      /** Those of others, such as an ingress controller's, which are there before. */
      function foreignNamespaces(): Manifest[] {
        const own = ofKinds(["Namespace"]).map(({ metadata }) => metadata.name);
        const used = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
        const foreign = [...used].filter((name) => !own.includes(name));
        return foreign.map(
          (name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }) as Manifest,
        );
      }

      const ofKinds = (kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind));

      it("accepts every object, and has no warning, with strict validation of its fields", async () => {
        const others = objects.filter(({ kind }) => !FOUNDATIONS.includes(kind));
        const { accepted, complaints } = await dryRun(write("objects", others));
        expect(complaints.join("\n")).to.equal("");
        expect(accepted).to.equal(others.length);
      });

      it("[O13] [D2] accepts every pod where Pod Security restricted is enforced", async () => {
        const [namespace] = objects.filter(({ kind }) => kind === "Namespace");
        expect(namespace?.metadata.labels["pod-security.kubernetes.io/enforce"]).to.equal("restricted");
        const pods = objects.filter((object) => podOf(object)).map(toPod);
        const { accepted, complaints } = await dryRun(write("pods", pods));
        expect(complaints.join("\n")).to.equal("");
        expect(accepted).to.equal(pods.length).and.to.be.above(5);
      });
    });
  }

  it("refuses a field that the API does not have, and a pod that is not restricted", async () => {
    const bad = parse(readFileSync(manifests.files.get(BAD) ?? "", "utf8"));
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const metadata = { name: bad.metadata.namespace, labels };
    await server.current.request("POST", "/api/v1/namespaces", { metadata });
    // Refused by every API server that is not told otherwise, before it asks for more.
    delete bad.spec.template.spec.containers[0].securityContext;
    const pod = await dryRun(write("bad", [toPod(bad)]));
    expect(pod.complaints.join("\n")).to.contain('violates PodSecurity "restricted');
    const mistyped = await dryRun(write("bad", [{ ...bad, spec: { ...bad.spec, replcas: 1 } }]));
    expect(mistyped.complaints.join("\n")).to.contain('unknown field "spec.replcas"');
  });

  const dryRun = (file: string) =>
    kubectl("create", "--dry-run=server", "--validate=strict", "--filename", file);

  async function kubectl(...args: string[]): Promise<Answer> {
    const { stdout, stderr } = await execa(
      toolchain().path("kubectl"),
      [...args, "--kubeconfig", server.current.kubeconfig],
      { reject: false },
    );
    // The certificates are placeholders.
    const complaints = lines(stderr).filter((line) => !line.startsWith("Warning: tls: "));
    return { accepted: lines(stdout).length, complaints };
  }

  function write(name: string, objects: readonly object[]): string {
    const file = join(manifests.folder, `${name}.yaml`);
    writeFileSync(file, objects.map((object) => stringify(object)).join("---\n"));
    return file;
  }
});

const lines = (text: string) => text.split("\n").filter((line) => line.trim());

/** The pod that an object would make; a StatefulSet's claims become volumes. */
function toPod({ kind, metadata, spec }: Manifest): Manifest {
  const template = kind === "CronJob" ? spec.jobTemplate.spec.template : spec.template;
  const claimed = (spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }: Manifest) => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...template.metadata, name: metadata.name, namespace: metadata.namespace },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claimed] },
  };
}
