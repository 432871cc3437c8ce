import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { stacks, writeManifests } from "../support/manifests";
import { settingsOf } from "../support/render";
import { type Exception, exceptions } from "./exceptions";
import type { Finding } from "./finding";

/** The rendered objects of every stack on the disk, for scanners to read. */
export interface Manifests {
  folder: string;
  /** Files by the name of the stack; {@link BAD} is one more. */
  files: ReadonlyMap<string, string>;
  remove(): void;
}

/** Stands for a stack whose one object has everything wrong with it: a scanner that is silent about it is off. */
export const BAD = "bad";

const bad = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "bad", namespace: "bad" },
  spec: {
    selector: { matchLabels: { app: "bad" } },
    template: {
      metadata: { labels: { app: "bad" } },
      spec: {
        hostNetwork: true,
        containers: [{ name: "bad", image: "bad:latest", securityContext: { privileged: true } }],
      },
    },
  },
};

export async function renderAll(): Promise<Manifests> {
  const folder = mkdtempSync(join(tmpdir(), "manifests-"));
  const files = await writeManifests(folder);
  files.set(BAD, join(folder, `${BAD}.yaml`));
  writeFileSync(join(folder, `${BAD}.yaml`), stringify(bad));
  return { folder, files, remove: () => rmSync(folder, { recursive: true }) };
}

/** The tier of a stack, as its file says. */
export function tierOf(stack: string): Finding["tier"] {
  return stacks.includes(stack) ? settingsOf(stack).tier : undefined;
}

/** Lines about the findings of real stacks that no exception is made for. */
export function unexcepted(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ stack }) => stack !== BAD)
    .filter((finding) => !exceptions.some((exception) => isFor(exception, finding)))
    .map(({ stack, kind, name, check, text }) => `${stack} ${kind}/${name}: ${check}: ${text}`);
}

/** What the scanner says about the object with everything wrong, by check. */
export function aboutBad(findings: readonly Finding[]): string[] {
  return findings.filter(({ stack }) => stack === BAD).map(({ check }) => check);
}

/** Checks that an exception names although the scanner has nothing against any object there. */
export function idle(scanner: string, findings: readonly Finding[]): string[] {
  const isOurs = (check: string) => check.startsWith("CKV") === (scanner === "checkov");
  return exceptions.flatMap((exception) =>
    exception.checks.filter(
      (check) =>
        isOurs(check) &&
        !findings.some(
          (finding) => finding.stack !== BAD && finding.check === check && isFor(exception, finding),
        ),
    ),
  );
}

function isFor({ checks, where = () => true }: Exception, finding: Finding): boolean {
  return checks.includes(finding.check) && where(finding);
}
