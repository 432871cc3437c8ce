import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** A rollout changes many objects within moments: their rules are made once, this many milliseconds later. */
const GATHER = 50;
const RETRY_AFTER = 1000;

/** Keeps a ruleset in force: whoever changes what it is made of says so, and it is applied if it is another. */
export class Enforcer {
  #inForce: string | undefined;
  #isCurrent = false;
  #isWorking = false;
  #isOutdated = false;

  /**
   * @param make the ruleset as it should be; none while too little is known
   * @param apply puts a ruleset into force
   */
  constructor(
    readonly make: () => string | undefined,
    readonly apply: (rules: string) => Promise<void> = applyRules,
  ) {}

  /** Whether what should be in force was accepted. */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  /** Something may have changed. */
  readonly update = (): void => {
    this.#isOutdated = true;
    if (!this.#isWorking) void this.#work();
  };

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#isOutdated) {
      await sleep(GATHER);
      this.#isOutdated = false;
      const desired = this.make();
      if (desired === undefined || desired === this.#inForce) continue;
      try {
        await this.apply(desired);
        this.#inForce = desired;
        this.#isCurrent = true;
        console.log(new Date().toISOString(), `${desired.split("\n").length} lines of rules are in force`);
      } catch (error) {
        // Those before stay in force.
        console.error(new Date().toISOString(), (error as Error).message);
        this.#isCurrent = false;
        this.#isOutdated = true;
        await sleep(RETRY_AFTER);
      }
    }
    this.#isWorking = false;
  }
}

/** Hands rules to the kernel, which takes all of them or none. */
async function applyRules(rules: string): Promise<void> {
  const ended = promisify(execFile)("nft", ["-f", "-"]);
  // It may end before it has read everything; its code tells why.
  ended.child.stdin?.on("error", () => {}).end(rules);
  await ended.catch(({ stderr, message }) => {
    throw new Error(`nft refuses the rules of the network policies: ${stderr?.trim() || message}`);
  });
}
