import { setTimeout as sleep } from "node:timers/promises";
import { NAMESPACE } from "./cluster";
import { shell } from "./stack";

/** A port that is knocked at: of a Service, and what is spoken behind it. */
export interface Door {
  app: string;
  host: string;
  port: number;
  /** Port of the pods, which is what policies go by. */
  target: number;
  speaks: "http" | "postgres" | "redis" | "amqp";
}

/** The result of each knock: whether the server behind the sidecar answered. */
export type Answers = Record<string, boolean>;

/** Plain JavaScript for a pod with Node; the doors are its argument. */
const script = `
const net = require("node:net"), tls = require("node:tls");
const doors = JSON.parse(process.argv[1]);
const http = async ({ host, port }) => {
  const response = await fetch("http://" + host + ":" + port + "/health/live", { signal: AbortSignal.timeout(4000) });
  await response.text();
  // 403 is the mesh's, and so are 502 and 503; Prometheus says 404.
  return response.status < 403 || response.status === 404;
};
const raw = (connect) => new Promise((resolve) => {
  const socket = connect(resolve);
  socket.setTimeout(4000, () => { resolve(false); socket.destroy(); });
  socket.on("error", () => resolve(false));
  socket.on("close", () => resolve(false));
});
const overTls = (hello, answer) => ({ host, port }) => raw((resolve) => {
  const socket = tls.connect({ host, port, rejectUnauthorized: false }, () => socket.write(hello, "latin1"));
  socket.on("data", (data) => { resolve(data.includes(answer)); socket.destroy(); });
  return socket;
});
const speakers = {
  http,
  // A handshake alone may be a sidecar's: who is behind it has to say something.
  redis: overTls("PING\\r\\n", "NOAUTH"),
  amqp: overTls("AMQP\\0\\0\\x09\\x01", "RabbitMQ"),
  postgres: ({ host, port }) => raw((resolve) => {
    const socket = net.connect(port, host, () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
    socket.on("data", (data) => { resolve(String(data) === "S"); socket.destroy(); });
    return socket;
  }),
};
(async () => {
  const answers = {};
  // The sidecar has its certificate and its routes by then.
  for (let left = 60; left > 0; left--) {
    const ready = process.env.SIDECAR !== "true" ||
      await fetch("http://127.0.0.1:15021/healthz/ready").then((r) => r.ok, () => false);
    if (ready) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  for (const door of doors)
    answers[door.app + ":" + door.target] = await speakers[door.speaks](door).catch(() => false);
  console.log(JSON.stringify(answers));
})();
`;

/**
 * Knocks at doors from a pod with the identity of a workload.
 * @param account ServiceAccount of a workload; none for a pod without a sidecar in a namespace without a mesh
 */
export async function knock(account: string | undefined, doors: readonly Door[]): Promise<Answers> {
  const namespace = account ? NAMESPACE : "platform-outside";
  const name = `knock-${account ?? "outside"}`;
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { "sidecar.istio.io/inject": String(account !== undefined) } },
    spec: {
      serviceAccountName: account ?? "default",
      automountServiceAccountToken: false,
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "knock",
          image: "docker.io/malai/auth-service:1.0.0",
          command: ["node", "-e", script, JSON.stringify(doors)],
          env: [{ name: "SIDECAR", value: String(account !== undefined) }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
        },
      ],
    },
  };
  const kubectl = (...args: string[]) => shell("kubectl", "-n", namespace, ...args);
  await shell("kubectl", "create", "namespace", namespace);
  await kubectl("delete", "pod", name, "--ignore-not-found");
  const file = await shell("sh", "-c", `kubectl apply -f - <<'POD'\n${JSON.stringify(pod)}\nPOD`);
  if (file.exitCode !== 0) throw new Error(file.all);
  try {
    for (const end = Date.now() + 90_000; ; await sleep(500)) {
      const { stdout } = await kubectl("logs", name, "-c", "knock");
      if (stdout?.startsWith("{")) return JSON.parse(stdout);
      if (Date.now() > end) throw new Error(`${name}: ${(await kubectl("describe", "pod", name)).all}`);
    }
  } finally {
    await kubectl("delete", "pod", name, "--wait=false");
  }
}
