import { hideInText } from "./review/redact";

/** Lines of a log that are looked at: a stack trace, and what is said after it. */
export const LINES = 60;

/** Characters of the line that are told. */
const LONGEST = 500;

/** What an exception begins with: `RuntimeError: …`, `shop.errors.NoDatabase: …`; of Python's any name may be one. */
const EXCEPTION = /^(?:Uncaught )?[\w.$]*(?:Error|Exception)\b(?: \[\w+\])?(?::|$)/;
const PYTHON_EXCEPTION = /^[A-Za-z_][\w.]*(?::|$)/;
const TRACEBACK = /Traceback \(most recent call last\):/;

/** Lines by which programs say why they end, whatever they say after them. */
const LAST_WORDS: readonly RegExp[] = [
  EXCEPTION,
  /^Caused by: /,
  /^Exception in thread /,
  /^Unhandled exception/i,
  /^PHP Fatal error:/,
  /^(?:panic|fatal error): /,
  /\b(?:FATAL|fatal|emerg|crit|CRITICAL|PANIC)\b/,
  /"(?:level|severity)"\s*:\s*"(?:error|fatal|critical|panic)"/i,
  // Pino's numbers of error and fatal.
  /"level"\s*:\s*[56]0\b/,
];

/**
 * The line of a crashed container's log that says why: seldom the last one, where a framework says that it failed, or
 * the runtime its version. Pure.
 * @returns nothing of an empty log
 */
export function causeOf(log: string): string | undefined {
  const lines = log.split("\n").map((line) => line.trimEnd());
  const cause = ofPython(lines) ?? ofRust(lines) ?? ofOthers(lines) ?? lines.findLast(Boolean)?.trim();
  return cause && hideInText(cause).slice(0, LONGEST);
}

/** The exception below the last traceback, with the rest of its message: validators have one of several lines. */
function ofPython(lines: readonly string[]): string | undefined {
  const traceback = lines.findLastIndex((line) => TRACEBACK.test(line));
  if (traceback < 0) return undefined;
  const below = lines.slice(traceback + 1);
  const first = below.findIndex((line) => PYTHON_EXCEPTION.test(line));
  if (first < 0) return undefined;
  const end = below.findIndex((line, index) => index > first && (line === "" || /^[A-Z]+:\s/.test(line)));
  return joined(below.slice(first, end < 0 ? undefined : end));
}

/** The message is in the line below. */
function ofRust(lines: readonly string[]): string | undefined {
  const panic = lines.findLastIndex((line) => /^thread '.*' (?:\(\d+\) )?panicked at /.test(line));
  return panic < 0 ? undefined : joined(lines.slice(panic, panic + 2));
}

const ofOthers = (lines: readonly string[]): string | undefined =>
  lines.findLast((line) => LAST_WORDS.some((pattern) => pattern.test(line)));

const joined = (lines: readonly string[]): string => lines.map((line) => line.trim()).join(" ");
