import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { execa } from "execa";
import type { Orders, Second } from "./generator";

/** What is sent, from how many pods. */
export interface LoadArgs {
  /** Namespace of the pods; made if it is not there. */
  namespace: string;
  /** Name of the Job. */
  name: string;
  /** An image with Node that the nodes have or can get. */
  image: string;
  /** Of all pods together. */
  orders: Orders;
  /** Each has an address of its own, which limits of a front door go by. @default 1 */
  pods?: number;
  /** The environment that `kubectl` needs. */
  env: Record<string, string | undefined>;
}

/** Milliseconds for the pods to start. */
const START_TIMEOUT = 60_000;

/** A load from inside the cluster, bounded in time, whose every answer is counted. */
export class Load {
  readonly seconds: Second[] = [];
  readonly #logs: Promise<void>[] = [];

  private constructor(readonly args: LoadArgs) {}

  /** Ends when every pod has sent its first requests. */
  static async start(args: LoadArgs): Promise<Load> {
    const load = new Load(args);
    await load.#apply(await objectsOf(args));
    const pods = await load.#runningPods();
    for (const pod of pods) load.#follow(pod);
    for (const end = Date.now() + START_TIMEOUT; load.seconds.length < 2 * pods.length; await sleep(200)) {
      if (Date.now() > end) throw new Error(`the pods of ${args.name} send nothing`);
    }
    return load;
  }

  /** Whether there is a sidecar beside what sends it. */
  async hasSidecar(): Promise<boolean> {
    const names = "jsonpath={.items[*].spec.initContainers[*].name}";
    const found = await this.#kubectl("get", "pods", "-l", `job-name=${this.args.name}`, "-o", names);
    return found.includes("istio-proxy");
  }

  /** Ends it, and waits for the last lines. */
  async stop(): Promise<void> {
    // Their logs go with the pods: these have to end first.
    const { namespace, name } = this.args;
    const pods = (await this.#kubectl("get", "pods", "-l", `job-name=${name}`, "-o", "name")).split("\n");
    await Promise.all(
      pods
        .filter(Boolean)
        .map((pod) => this.#kubectl("exec", pod, "--", "sh", "-c", "kill -TERM 1").catch(() => "")),
    );
    await Promise.all(this.#logs);
    await this.#kubectl("delete", "job", name, "--wait=false");
    await execa("kubectl", ["-n", namespace, "delete", "configmap", name], {
      env: this.args.env,
      reject: false,
    });
  }

  /** What was counted between two moments, milliseconds since 1970. */
  between(from = 0, to = Number.POSITIVE_INFINITY): Tally {
    return new Tally(this.seconds.filter(({ time }) => time * 1000 >= from && time * 1000 <= to));
  }

  #follow(pod: string): void {
    const { namespace, env } = this.args;
    const child = execa("kubectl", ["-n", namespace, "logs", "--follow", pod], { env, reject: false });
    const read = async () => {
      for await (const line of child) if (line.startsWith("{")) this.seconds.push(JSON.parse(line) as Second);
    };
    this.#logs.push(read());
  }

  async #runningPods(): Promise<string[]> {
    const { name, pods = 1 } = this.args;
    for (const end = Date.now() + START_TIMEOUT; ; await sleep(200)) {
      const list = await this.#kubectl(
        ...["get", "pods", "-l", `job-name=${name}`, "--field-selector=status.phase=Running", "-o", "name"],
      );
      const running = list.split("\n").filter(Boolean);
      if (running.length === pods) return running;
      if (Date.now() > end) {
        throw new Error(`${running.length} of ${pods} pods run:\n${await this.#kubectl("get", "events")}`);
      }
    }
  }

  async #apply(objects: object[]): Promise<void> {
    const items = { apiVersion: "v1", kind: "List", items: objects };
    const { env, namespace, name } = this.args;
    // Not applied: that would take away the labels of one that is there.
    await execa("kubectl", ["create", "namespace", namespace], { env, reject: false });
    await execa("kubectl", ["-n", namespace, "delete", "job", name, "--ignore-not-found"], {
      env,
      reject: false,
    });
    await execa("kubectl", ["apply", "--server-side", "--force-conflicts", "-f", "-"], {
      env,
      input: JSON.stringify(items),
    });
  }

  async #kubectl(...args: string[]): Promise<string> {
    const { stdout } = await execa("kubectl", ["-n", this.args.namespace, ...args], { env: this.args.env });
    return stdout;
  }
}

/** What came back in some seconds. */
export class Tally {
  constructor(readonly seconds: readonly Second[]) {}

  /** Answers below 500, by version. */
  get answered(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { answered } of this.seconds) {
      for (const [version, times] of Object.entries(answered))
        sums[version] = (sums[version] ?? 0) + times.length;
    }
    return sums;
  }

  /** Failures by status or error. */
  get failures(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { failed } of this.seconds) {
      for (const [what, count] of Object.entries(failed)) sums[what] = (sums[what] ?? 0) + count;
    }
    return sums;
  }

  get failed(): number {
    return sum(Object.values(this.failures));
  }

  get requests(): number {
    return sum(Object.values(this.answered)) + this.failed;
  }

  /** Milliseconds within which a share of the answers came, of one version or of all. */
  quantile(share: number, version?: string): number {
    const times = this.seconds
      .flatMap(({ answered }) => (version ? (answered[version] ?? []) : Object.values(answered).flat()))
      .sort((a, b) => a - b);
    return times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN;
  }
}

async function objectsOf(args: LoadArgs): Promise<object[]> {
  const { namespace, name, image, orders, pods = 1 } = args;
  const shared: Orders = { ...orders, rate: Math.ceil(orders.rate / pods) };
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace },
      data: { "generator.js": await bundled() },
    },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, namespace },
      spec: {
        parallelism: pods,
        completions: pods,
        backoffLimit: 0,
        // The pod ends even when the process that started it was killed.
        activeDeadlineSeconds: orders.duration + 60,
        ttlSecondsAfterFinished: 60,
        template: {
          spec: {
            restartPolicy: "Never",
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 2,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 10001,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                name: "load",
                image,
                imagePullPolicy: "IfNotPresent",
                command: ["node", "/load/generator.js"],
                env: [{ name: "LOAD", value: JSON.stringify(shared) }],
                resources: {
                  requests: { cpu: "20m", memory: "64Mi" },
                  limits: { cpu: "500m", memory: "256Mi" },
                },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                volumeMounts: [{ name: "load", mountPath: "/load" }],
              },
            ],
            volumes: [{ name: "load", configMap: { name } }],
          },
        },
      },
    },
  ];
}

/** One file of plain JavaScript; small enough for a ConfigMap. */
async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("generator.ts", import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "cjs",
  });
  return outputFiles[0]?.text ?? "";
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
