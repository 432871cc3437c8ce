/** Who has locked a stack, as Pulumi tells. */
export interface Lock {
  who: string;
  machine: string;
  pid: number;
}

/**
 * Reads of what a failed `pulumi up` has printed that somebody else is at work (Pulumi 3.246, backend/diy/lock.go; its
 * cloud answers with a conflict instead). Pure.
 */
export function lockOf(said: string): Lock | undefined {
  const [, user, machine = "", pid] = /created by (\S+?)@(\S+) \(pid (\d+)\)/.exec(said) ?? [];
  if (user) return { who: `${user}@${machine}, process ${pid}`, machine, pid: Number(pid) };
  if (!/currently locked|Another update is currently in progress/i.test(said)) return undefined;
  return { who: "somebody else", machine: "", pid: 0 };
}

/** What is of use of the output of a failed `pulumi up`: its diagnostics. Pure. */
export function diagnosticsOf(said: string): string {
  const [, diagnostics] =
    /^Diagnostics:\n([\s\S]*?)(?:\n(?:Outputs|Resources|Duration)|$(?![\s\S]))/m.exec(said) ?? [];
  const lines = (diagnostics ?? said).split("\n").filter((line) => line.trim());
  return (diagnostics ? lines : lines.slice(-10)).map((line) => line.trim()).join("\n  ");
}
