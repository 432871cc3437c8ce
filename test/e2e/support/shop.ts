import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { importImages } from "../../../embedded/images/containerd";
import { writeArchive } from "../../../embedded/images/oci";
import { foreignImages } from "../../foreign/images";
import { callsAt } from "./front-door";
import { tell } from "./releasing";
import { environment, succeed } from "./stack";
import { resources, TemporaryStack } from "./temporary-stack";

/** What a program in Go needs. */
const small = { resources: { requests: { cpu: "20m", memory: "32Mi" } } };
/** What one in Python needs while it is asked every few seconds: the autoscaler adds a pod at 70 % of it. */
const python = { resources: { requests: { cpu: "60m" } } };

const settings = {
  frontDoor: { type: "ClusterIP", replicas: 1 },
  // Python takes some 100 MB, and the autoscaler adds a pod at 80 % of it.
  defaults: { replicas: { min: 1, max: 3 }, resources: resources("160Mi") },
  services: {
    orders: { ...python, environment: { PAYMENT_TERMS: "30 days" } },
    mailer: python,
    httpbin: small,
    quotes: small,
    mqtt: small,
  },
  mesh: {
    sidecar: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  },
  postgres: { storage: "256Mi", resources: resources("96Mi") },
  redis: { storage: "128Mi", resources: resources("32Mi") },
  rabbitmq: {
    storage: "256Mi",
    resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { cpu: "1", memory: "512Mi" } },
  },
  alertmanager: { storage: "64Mi", webhook: false },
  prometheus: { storage: "256Mi", retention: "1d", resources: resources("128Mi") },
};

/** A platform of programs that were not written for this project. */
class ShopStack extends TemporaryStack {
  /** When `make up` found everything ready; milliseconds. */
  readySince = 0;
  #way: ChildProcess | undefined;

  /** The images of its catalog as a team brings them; those of its releases as a registry would have them. */
  async bringImages(): Promise<void> {
    const { ordersNext, ordersBroken, ...first } = await foreignImages(tell);
    const folder = await mkdtemp(join(tmpdir(), "shop-images-"));
    try {
      for (const image of Object.values(first)) {
        const archive = join(folder, "image.tar");
        await writeArchive(archive, [image], new Set());
        tell(
          await succeed("make", "--no-print-directory", "image", `IMAGE=${image.ref}`, `ARCHIVE=${archive}`),
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    await importImages([ordersNext, ordersBroken], tell);
  }

  async bringUp(): Promise<void> {
    const { exitCode, all } = await this.makeUp();
    tell(all);
    expect(exitCode, all).to.equal(0);
    this.readySince = Date.now();
  }

  override async remove(): Promise<void> {
    this.#way?.kill();
    await super.remove();
  }

  /** `npx ops …` for this stack. */
  ops = (...args: string[]) =>
    this.run(process.execPath, "--import", "tsx", "operations/ops.ts", ...args, "--stack", this.name);

  /** A request through its front door, which is inside the cluster. */
  call = callsAt(async () => {
    const port = await this.#openWay();
    const certificate = await this.pulumi("stack", "output", "certificate", "--show-secrets");
    return [`https://shop.example.com:${port}`, certificate];
  });

  async #openWay(): Promise<string> {
    const args = ["-n", this.namespace, "port-forward", "deployment/nginx", ":8443"];
    const env = { ...process.env, ...environment };
    const way = spawn("kubectl", args, { env, stdio: ["ignore", "pipe", "inherit"] });
    this.#way = way;
    const ended = once(way, "close").then(() => {
      throw new Error(`kubectl ${args.join(" ")} ended`);
    });
    // It is ended on purpose, in the end.
    ended.catch(() => {});
    // Read on, or it could not say more.
    const [line] = await Promise.race([once(createInterface(way.stdout), "line"), ended]);
    return /:(\d+) ->/.exec(line)?.[1] ?? "";
  }
}

export const shop = new ShopStack("shop", settings);
