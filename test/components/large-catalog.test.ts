import { expect } from "chai";
import { dashboardJson, dashboardsOf, refIdOf } from "../../components/monitoring/dashboards";
import { makePlan } from "../../model/make-plan";
import { largeCatalog } from "../support/large-catalog";
import { type Manifest, toManifests } from "../support/manifests";
import { render, settingsOf } from "../support/render";

/** Bytes that all values of one ConfigMap or Secret may have together (Kubernetes, `core.MaxSecretSize`). */
const MAX_DATA = 2 ** 20;
/** Bytes of the largest object that etcd takes (etcd's documentation, "System limits"). */
const MAX_OBJECT = 1.5 * 2 ** 20;
/** Bytes of all annotations of one object (Kubernetes, `TotalAnnotationSizeLimitB`). */
const MAX_ANNOTATIONS = 256 * 2 ** 10;

/** What YAML cannot hold, which is how the official provider sends objects: all control characters but tab and newline. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000d\u000e-\u001f\u007f-\u009f]/;

const SIZE = 100;
const prices = { cpuHour: 0.03, memoryGiBHour: 0.004 };
const catalog = largeCatalog(SIZE);
/** The settings of malai that its own catalog has need of. */
const own = { configuration: {} };

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => [key, ...textsIn(entry)]);
}

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value ?? {}));
const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;

describe(`A catalog of ${SIZE} services`, function () {
  this.timeout(120_000);

  for (const kind of ["standalone", "controller"]) {
    describe(`behind a front door of kind ${kind}`, () => {
      const settings = settingsOf("prod", { ...own, frontDoor: { kind }, prices }, catalog);
      let manifests: Manifest[];
      before(async () => {
        manifests = toManifests(await render(catalog, settings));
      });

      it("[R59] has no control character in any object", () => {
        const broken = manifests.filter((manifest) =>
          textsIn(manifest).some((text) => CONTROL_CHARACTER.test(text)),
        );
        expect(broken.map(nameOf)).to.deep.equal([]);
        expect(manifests).to.have.length.above(1000);
      });

      it("[R59] has no object that is too large for the API server", () => {
        for (const manifest of manifests) {
          const { data, binaryData, stringData, metadata } = manifest;
          expect(bytes({ data, binaryData, stringData }), nameOf(manifest)).to.be.below(MAX_DATA);
          expect(bytes(metadata.annotations), nameOf(manifest)).to.be.below(MAX_ANNOTATIONS);
          expect(bytes(manifest), nameOf(manifest)).to.be.below(MAX_OBJECT);
        }
      });

      it("[R59] has each object once", () => {
        const names = manifests.map(nameOf);
        expect(new Set(names).size).to.equal(names.length);
      });
    });
  }

  it("[R59] calls the queries of a panel as spreadsheets call their columns", () => {
    expect([0, 25, 26, 51, 52, 99, 701, 702].map(refIdOf)).to.deep.equal([
      "A",
      "Z",
      "AA",
      "AZ",
      "BA",
      "CV",
      "ZZ",
      "AAA",
    ]);
  });

  it("[R59] has panels with a query for each service, each under a letter of its own", () => {
    const plan = makePlan(catalog, settingsOf("prod", { ...own, prices }, catalog));
    const panels = dashboardsOf(plan).flatMap((dashboard) => (dashboardJson(dashboard) as any).panels);
    for (const { title, targets } of panels) {
      const refIds = targets.map(({ refId }: any) => refId);
      expect(new Set(refIds).size, title).to.equal(refIds.length);
      for (const refId of refIds) expect(refId, title).to.match(/^[A-Z]+$/);
    }
    expect(Math.max(...panels.map(({ targets }: any) => targets.length))).to.equal(SIZE);
  });
});
