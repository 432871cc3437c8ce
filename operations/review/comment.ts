import { bytesOf, coresOf } from "../../model/quantity";
import { block, cell, code, table } from "./markdown";
import type { Amount, Requested } from "./requests";
import type { Review } from "./review";
import { type Risk, type RiskKind, riskKinds } from "./risk";

/** By this the workflow finds its comment again, so that a pull request has one, however often it is pushed to. */
export const MARKER = "<!-- microservice-platform: review -->";

/** Characters that GitHub takes in a comment. */
export const LIMIT = 65_536;

/** Lines of Pulumi's messages that are shown. */
const MOST_ERROR_LINES = 30;

/** Lines of one kind of risk that are shown; those that are over it are counted. */
const MOST_RISKS = 20;

const titles: Readonly<Record<RiskKind, string>> = {
  data: "Data at risk",
  replace: "Replaced",
  delete: "Deleted",
  exposure: "Newly exposed",
  isolation: "No longer kept out",
  edge: "New edges",
  restart: "Stores that restart",
};

/** Characters of a name or a reason in a line: Kubernetes' own names have 253 at most. */
const LONGEST_NAME = 300;

/** The comment on a pull request, risk first: it has to be read by people who have a minute. Pure. */
export function commentOf(reviews: readonly Review[]): string {
  const counts = countsOf(reviews);
  const title = `${MARKER}\n\n## ${headline(reviews)}`;
  // Fairly: one environment with much to tell must not hide the next one's risks.
  const share = Math.floor((LIMIT - title.length - counts.length) / Math.max(1, reviews.length));
  const bodies = reviews.map((review) => bodyOf(review, share));
  const head = [title, ...bodies, counts].join("\n\n");
  return `${head}\n${detailsOf(reviews, LIMIT - head.length)}`;
}

/** What is to be said of one environment, in at most so many characters. */
function bodyOf(review: Review, room: number): string {
  const parts = [`### ${review.stack}`, ...risksOf(review, room), ...requestedOf(review)];
  const kept: string[] = [];
  let used = 0;
  for (const part of parts) {
    const text = used + part.length + RESERVE > room ? leftOut(part.length) : part;
    if (used + text.length + RESERVE / 2 > room) break;
    kept.push(text);
    used += text.length + 2;
  }
  return kept.join("\n\n");
}

/** Characters that are kept free of each environment's share: for what is said of what is left out. */
const RESERVE = 300;

const leftOut = (characters: number) => `${characters} characters left out: see the job's log.`;

/** The beginning of a text, and how much is missing. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)}… ${leftOut(text.length - most)}`;
}

/** `Review: 2 risks in prod, none in dev`. */
function headline(reviews: readonly Review[]): string {
  const parts = reviews.map(({ stack, risks, errors }) => {
    if (errors.length > 0) return `no preview of ${stack}`;
    const number = risks.length === 0 ? "no risk" : plural(risks.length, "risk");
    return `${number} in ${stack}`;
  });
  return `Review: ${parts.join(", ")}`;
}

function risksOf({ risks, errors, counts }: Review, room: number): string[] {
  if (errors.length > 0) {
    const lines = errors.flatMap((error) => error.split("\n"));
    const rest = lines.length - MOST_ERROR_LINES;
    const more = rest > 0 ? [`and ${rest} more lines: see the job's log`] : [];
    const text = [...lines.slice(0, MOST_ERROR_LINES), ...more].join("\n");
    return ["**The preview failed:**", block("text", [cut(text, Math.max(0, room - 2 * RESERVE))])];
  }
  if (risks.length === 0) {
    const changed = counts.create + counts.update + counts.replace + counts.delete;
    return [changed === 0 ? "Nothing changes." : "Nothing is replaced, deleted, exposed or newly allowed."];
  }
  return riskKinds.flatMap((kind) => {
    const own = risks.filter((risk) => risk.kind === kind);
    return own.length > 0 ? [[`**${titles[kind]}**`, ...linesOf(own)].join("\n")] : [];
  });
}

const named = (name: string) => code(cut(name, LONGEST_NAME));

function linesOf(risks: readonly Risk[]): string[] {
  const lines = risks.slice(0, MOST_RISKS).map(({ subject, text, because = [] }) => {
    const why = because.length > 0 ? ` (${because.map(named).join(", ")})` : "";
    return `- ${named(subject)} ${text}${why}`;
  });
  const rest = risks.length - MOST_RISKS;
  return rest > 0 ? [...lines, `- and ${rest} more`] : lines;
}

function requestedOf({ requested: { before, after }, complete, errors }: Review): string[] {
  if (errors.length > 0) return [];
  const rows = (["least", "most"] as const).map((which) => {
    const title = which === "least" ? "fewest pods" : "most pods";
    return [title, ...(["cpu", "memory"] as const).map((of) => changeOf(of, before[which], after[which]))];
  });
  if (same(before, after)) {
    const { least, most } = after;
    const sums = `cpu ${coresOf(least.cpu)} to ${coresOf(most.cpu)}, memory ${bytesOf(least.memory)} to ${bytesOf(most.memory)}`;
    return [`**Requested** by all pods: unchanged${complete ? `, ${sums}` : ""}.`];
  }
  const scope = complete ? "by all pods" : "by the pods that change (taken without `--show-sames`)";
  return [`**Requested** ${scope}`, table(["", "cpu", "memory"], rows)];
}

function same(before: Requested, after: Requested): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** `1500m → 2 (+500m)`. */
function changeOf(of: keyof Amount, before: Amount, after: Amount): string {
  const format = of === "cpu" ? coresOf : bytesOf;
  // A difference of thousandths is not exactly one.
  const change = Math.round((after[of] - before[of]) * 1000) / 1000;
  if (change === 0) return format(after[of]);
  const sign = change > 0 ? "+" : "−";
  return `${format(before[of])} → ${format(after[of])} (**${sign}${format(Math.abs(change))}**)`;
}

function countsOf(reviews: readonly Review[]): string {
  const operations = ["create", "update", "replace", "delete", "same"] as const;
  return table(
    ["resources", ...operations],
    reviews.map(({ stack, counts }) => [stack, ...operations.map((operation) => String(counts[operation]))]),
  );
}

/** Folded; cut between two resources where GitHub's limit would be passed. */
function detailsOf(reviews: readonly Review[], room: number): string {
  let text = "";
  for (const { stack, changes } of reviews) {
    if (changes.length === 0) continue;
    const open = `\n<details><summary>${plural(changes.length, "change")} in ${stack}</summary>\n`;
    const close = "\n</details>\n";
    const missing = (count: number) => `\n${plural(count, "change")} left out: see the job's log.\n`;
    const reserve = missing(changes.length).length + close.length;
    const parts: string[] = [];
    let used = text.length + open.length + reserve;
    for (const change of changes) {
      const part = detailOf(change);
      if (used + part.length > room) break;
      parts.push(part);
      used += part.length;
    }
    // Not even the frame fits: what stands above says how many there are.
    if (text.length + open.length + reserve > room) break;
    const rest = changes.length - parts.length;
    text += `${open}${parts.join("")}${rest > 0 ? missing(rest) : ""}${close}`;
  }
  return text;
}

function detailOf({ label, operation, differences }: Review["changes"][number]): string {
  const line = `\n- **${operation}** ${cell(label)}\n`;
  if (differences.length === 0) return line;
  const lines = differences.flatMap(({ path, lines }) => [`@@ ${path} @@`, ...lines]);
  return `${line}\n${block("diff", lines).replace(/^/gm, "  ")}\n`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
