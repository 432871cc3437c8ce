import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import Table from "cli-table3";
import { fileOf } from "../../stacks/stack-file";
import { Refusal, UserError } from "../errors";
import { clusterOf } from "../stack/cluster";
import { readStack, withDigests } from "../stack/stack-file";
import { readCheckout } from "./commit";
import { readRunning } from "./images";
import { objections, type Promotion, promotionOf, short } from "./promotion";
import { readRecord } from "./record";

export interface PromoteOptions {
  yes?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/**
 * Shows which images one stack would get from another, and writes their digests into its file.
 * @throws {Refusal} when the source is not verified as it is now, or not at this commit
 * @throws {UserError} when there is no terminal to ask on
 */
export async function promote(fromName: string, toName: string, options: PromoteOptions): Promise<void> {
  if (fromName === toName) throw new UserError("a stack is not promoted to itself", "name two stacks");
  const from = readStack(fromName);
  const to = readStack(toName);
  const cluster = clusterOf(from);
  const [checkout, record, running] = await Promise.all([
    readCheckout(toName),
    readRecord(cluster, from),
    readRunning(cluster, from),
  ]);
  const situation = { from, to, checkout, record, running };
  const reasons = objections(situation);
  if (reasons.length > 0 || !record) {
    throw new Refusal(`${fromName} is not promoted to ${toName}, nothing was written:`, reasons);
  }

  const promotion = promotionOf({ ...situation, record });
  const digests = {
    ...to.digests,
    ...Object.fromEntries(promotion.images.map(({ name, after }) => [name, after])),
  };
  const text = withDigests(to.text, digests);
  const changes = promotion.images.some(({ before, after }) => before !== after);
  if (!options.json) console.log(formatPromotion(promotion));
  const write = changes && !options.dryRun && (options.yes || (!options.json && (await confirmed(toName))));
  if (write) writeFileSync(to.path, text);
  if (options.json) console.log(JSON.stringify({ ...promotion, written: write }, undefined, 2));
  else console.log(conclusion());

  function conclusion(): string {
    if (write) return `Written to ${fileOf(toName)}. Next: pulumi preview --stack ${toName}`;
    return changes ? "Nothing was written." : `${fileOf(toName)} has all of them already.`;
  }
}

/** One line an image, and the commit they belong to. Pure. */
export function formatPromotion({ from, to, commit, verified, images }: Promotion): string {
  const table = new Table({
    head: ["Image", `${to} now`, `${from}, verified`, ""],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, before, after } of images) {
    const mark = before === after ? "same" : before ? "changes" : "new";
    table.push([name, before ? short(before) : "by its tag", short(after), mark]);
  }
  return [`Commit ${commit}, verified in ${from} at ${verified}`, table.toString()].join("\n");
}

async function confirmed(stack: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UserError("there is no terminal to ask on", "say --yes to write, or --dry-run to look only");
  }
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test(await prompt.question(`Write them to ${fileOf(stack)}? [y/N] `));
  } finally {
    prompt.close();
  }
}
