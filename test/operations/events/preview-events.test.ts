import { expect } from "chai";
import { areTakenBack } from "../../../operations/events/field-conflicts";
import { PreviewEvents } from "../../../operations/events/preview-events";

const ROOT = "pulumi:pulumi:Stack";
const URN = "urn:pulumi:dev::platform::kubernetes:core/v1:PersistentVolumeClaim::malai-data";
const PARENT = `urn:pulumi:dev::platform::${ROOT}::platform-dev`;

/** What a preview came to, of resources that are the same but for what is given, and their number by operation. */
function previewOf(changes: Record<string, number>, ...events: object[]): PreviewEvents {
  const preview = new PreviewEvents();
  const summary = { summaryEvent: { resourceChanges: changes, isPreview: true } };
  for (const event of [...events, summary]) preview.read(JSON.stringify({ sequence: 1, ...event }));
  return preview;
}

const same = (before: object, after: object, type = "kubernetes:core/v1:PersistentVolumeClaim") => ({
  resOutputsEvent: {
    metadata: {
      op: "same",
      urn: type === ROOT ? PARENT : URN,
      type,
      old: { parent: PARENT, provider: "cluster", outputs: {}, ...before },
      new: { parent: PARENT, provider: "cluster", outputs: {}, ...after },
    },
    planning: true,
  },
});

describe("Events of a preview", () => {
  it("[R52] without a change leave nothing to an update", () => {
    const outputs = { url: "https://malai.localhost:8443" };
    const { differs } = previewOf({ same: 2 }, same({}, {}), same({ outputs }, { outputs }, ROOT));
    expect(differs).to.equal(false);
  });

  it("[R52] leave to an update what it would create, change, replace or delete", () => {
    for (const op of ["create", "update", "replace", "delete"]) {
      expect(previewOf({ same: 40, [op]: 1 }).differs, op).to.equal(true);
    }
  });

  it("[R52] have null for a resource that is not there yet, or not any more", () => {
    const metadata = { op: "create", urn: URN, type: "kubernetes:core/v1:Service" };
    const created = { resOutputsEvent: { metadata: { ...metadata, old: null, new: { parent: PARENT } } } };
    const deleted = { resOutputsEvent: { metadata: { ...metadata, old: { parent: PARENT }, new: null } } };
    expect(previewOf({ create: 1 }, created).differs).to.equal(true);
    expect(previewOf({ delete: 1 }, deleted).differs).to.equal(true);
  });

  it("[R52] leave to an update what only the state has: protection, and outputs", () => {
    expect(previewOf({ same: 1 }, same({ protect: true }, {})).differs).to.equal(true);
    expect(previewOf({ same: 1 }, same({}, { retainOnDelete: true })).differs).to.equal(true);
    const [before, after] = [{ outputs: { url: "https://a" } }, { outputs: { url: "https://b" } }];
    expect(previewOf({ same: 1 }, same(before, before, ROOT), same(before, after, ROOT)).differs).to.equal(
      true,
    );
  });

  it("[R52] tell what breaks a house rule, each once", () => {
    const message =
      'Every image is named with a version, never :latest.\nPod x/web: image "web" has no tag\n';
    const event = { policyEvent: { resourceUrn: URN, message, enforcementLevel: "mandatory" } };
    const advice = { policyEvent: { message: "Advice.\nbe good\n", enforcementLevel: "advisory" } };
    expect(previewOf({}, event, event, advice).violations).to.deep.equal([
      'Pod x/web: image "web" has no tag',
    ]);
  });

  it("are no steps: nothing is said to be created", () => {
    const planned = { resourcePreEvent: { metadata: { op: "create", urn: URN, type: "a" }, planning: true } };
    expect(new PreviewEvents().read(JSON.stringify(planned))).to.equal(undefined);
  });
});

describe("Conflicts in a preview", () => {
  const conflict = (...owners: string[]) =>
    `HorizontalPodAutoscaler small-auth-service: The resource managed by field manager "pulumi" had an apply conflict: ` +
    owners.map((owner) => `conflict with "${owner}" using autoscaling/v2: .spec.maxReplicas`).join("\n");

  it("are none with kubectl, whose fields an update takes back", () => {
    expect(areTakenBack([conflict("kubectl-patch", "kubectl"), "preview failed"])).to.equal(true);
    // A rule that the failed preview has no time for any more.
    const cancelled = "ServiceAccount small-auth-service: failed to run policy: context canceled";
    expect(areTakenBack([conflict("kubectl-patch"), cancelled])).to.equal(true);
  });

  it("are some with anybody else, and beside any other error", () => {
    expect(areTakenBack([conflict("kubectl-patch", "other-team"), "preview failed"])).to.equal(false);
    expect(areTakenBack([conflict("kubectl-patch"), "Secret x: is immutable", "preview failed"])).to.equal(
      false,
    );
    expect(areTakenBack(["preview failed"])).to.equal(false);
  });
});
