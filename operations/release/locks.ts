import { hideInText } from "../review/redact";

/** Who has locked a stack, as Pulumi tells. */
export interface Lock {
  who: string;
  machine: string;
  pid: number;
}

/**
 * Reads of what a failed `pulumi up` has printed that another process is updating the stack (Pulumi 3.246, backend/diy/lock.go; its
 * cloud answers with a conflict instead). Pure.
 */
export function lockOf(said: string): Lock | undefined {
  const [, user, machine = "", pid] = /created by (\S+?)@(\S+) \(pid (\d+)\)/.exec(said) ?? [];
  if (user) return { who: `${user}@${machine}, process ${pid}`, machine, pid: Number(pid) };
  if (!/currently locked|Another update is currently in progress/i.test(said)) return undefined;
  return { who: "another process", machine: "", pid: 0 };
}

/**
 * What is of use of the output of a failed `pulumi up`: its diagnostics, a line each, the resource in front of what is
 * said of it, and without secrets. Pure.
 */
export function diagnosticsOf(said: string): string[] {
  const [, diagnostics] =
    /^Diagnostics:\n([\s\S]*?)(?:\n(?:Outputs|Resources|Duration)|$(?![\s\S]))/m.exec(said) ?? [];
  const lines = hideInText(diagnostics ?? said)
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return diagnostics ? joined(lines) : lines.slice(-10);
}

/** `kubernetes:apps/v1:Deployment (auth-service):` */
const SUBJECT = /^[\w-]+:[\w./-]+:(\w+) \((.+)\):$/;
/** What says nothing: that something failed, and how many causes follow. */
const EMPTY = /^(?:error: )?(?:update failed|preview failed|\d+ errors? occurred:)$/;

function joined(lines: readonly string[]): string[] {
  let subject = "";
  return lines.flatMap((line) => {
    const [, kind, name] = SUBJECT.exec(line) ?? [];
    if (kind) {
      subject = kind === "Stack" ? "" : `${kind} ${name}: `;
      return [];
    }
    if (EMPTY.test(line)) return [];
    const [before, text] = [subject, line.replace(/^(?:error: |\* )+/, "")];
    // It stands in front of the first line only.
    subject = "";
    return [`${before}${text}`];
  });
}
