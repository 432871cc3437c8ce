import { expect } from "chai";
import { execa } from "execa";
import { images } from "../../model/versions";
import { until } from "../support/until";
import { environment, root, shell, succeed } from "./support/stack";

const NAMESPACE = "network-policies-test";
/** How a command ends that got no answer in time: with the code of coreutils or of busybox. */
const NOT_REACHED = /exit code (124|143)$/;

/** Two servers and two clients in a namespace of their own, where the friend's edge to the shop alone is declared. */
describe("Network policies", () => {
  before(async () => {
    await remove();
    await apply(namespace);
    await apply(...["shop", "bank"].flatMap(server), client("friend"), client("stranger"));
    // Without policies everything has to work, or what fails later proves nothing.
    for (const from of ["friend", "stranger"]) {
      for (const to of ["shop", "bank"]) await reaches(from, to);
    }
    await apply(...policies);
    await eventuallyNot("stranger", "shop");
  });

  after(remove);

  it("[D12] a declared edge works, by Service and by pod address", async () => {
    await reaches("friend", "shop");
    await reaches("friend", "shop", `${await addressOf("shop")}:8080`);
  });

  it("[D12] an edge that only its target declares does not work", async () => {
    // The bank admits everybody; the friend's own policies do not name it.
    expect(await fetch("friend", "bank")).to.match(NOT_REACHED);
    expect(await fetch("friend", `${await addressOf("bank")}:8080`)).to.match(NOT_REACHED);
  });

  it("[D12] an edge that only its source declares does not work", async () => {
    // The stranger may go everywhere; the shop admits the friend alone.
    await reaches("stranger", "bank");
    expect(await fetch("stranger", "shop")).to.match(NOT_REACHED);
    expect(await fetch("stranger", `${await addressOf("shop")}:8080`)).to.match(NOT_REACHED);
  });

  it("[D12] a declared edge is of one port", async () => {
    const ofItself = await inPod("shop", "timeout", "3", "wget", "-qO-", "http://127.0.0.1:8081/hostname");
    expect(ofItself.trim(), "the port that is not declared").to.equal("shop");
    expect(await fetch("friend", `${await addressOf("shop")}:8081`)).to.match(NOT_REACHED);
  });

  it("[D12] a pod under default deny finds names, and reaches nothing else of the cluster itself", async () => {
    const found = await inPod("friend", "nslookup", `shop.${NAMESPACE}.svc.cluster.local`);
    expect(found).to.include(await clusterAddressOf("shop"));
    expect(await fetch("friend", "kubernetes.default.svc.cluster.local:443")).to.match(NOT_REACHED);
    expect(await fetch("friend", "metrics-server.kube-system.svc.cluster.local:443")).to.match(NOT_REACHED);
  });

  it("[D12] a pod that comes back under another address keeps its edges, and gets no others", async () => {
    const former = await addressOf("shop");
    await kubectl("delete", "pod", "shop", "--grace-period=1");
    await apply(...server("shop"));
    expect(await addressOf("shop")).not.to.equal(former);
    await reaches("friend", "shop");
    await eventuallyNot("stranger", "shop");
  });

  it("[D12] an edge that is taken back no longer works", async () => {
    await kubectl("delete", "networkpolicy", "friend-to-shop");
    await eventuallyNot("friend", "shop");
  });
});

const kubectl = (...args: string[]) => succeed("kubectl", "-n", NAMESPACE, ...args);

async function remove(): Promise<void> {
  await succeed("kubectl", "delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=60s");
}

/** Makes objects, and waits for those that are pods. */
async function apply(...objects: object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await execa("kubectl", ["-n", NAMESPACE, "apply", "-f", "-"], { cwd: root, env: environment, input });
  const pods = objects.filter((object) => "kind" in object && object.kind === "Pod");
  if (pods.length > 0) await kubectl("wait", "pod", "--all", "--for=condition=Ready", "--timeout=60s");
}

const addressOf = (pod: string) => kubectl("get", "pod", pod, "-o", "jsonpath={.status.podIP}");
const clusterAddressOf = (service: string) =>
  kubectl("get", "service", service, "-o", "jsonpath={.spec.clusterIP}");

/** What a command in a pod prints, whether it succeeds or not. */
async function inPod(pod: string, ...command: string[]): Promise<string> {
  return (await shell("kubectl", "-n", NAMESPACE, "exec", pod, "--", ...command)).all;
}

/** Asks for the name that a server's container has. */
const fetch = (from: string, host: string) =>
  inPod(from, "timeout", "3", "wget", "-qO-", `http://${host}/hostname`);

const reaches = (from: string, to: string, host = to) =>
  until(
    `${from} reaches ${to} at ${host}`,
    20,
    () => fetch(from, host),
    (answer) => answer.trim() === to,
  );

const eventuallyNot = (from: string, to: string) =>
  until(
    `${from} does not reach ${to}`,
    30,
    () => fetch(from, to),
    (answer) => NOT_REACHED.test(answer),
  );

const namespace = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name: NAMESPACE,
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  },
};

/** A Service, and a pod that serves the files of /etc, its name among them, on a declared port and another. */
function server(name: string): object[] {
  const serve = (port: number) => `busybox httpd -f -p ${port} -h /etc`;
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: "http" }] },
  };
  return [
    service,
    pod(name, `${serve(8081)} & exec ${serve(8080)}`, [{ name: "http", containerPort: 8080 }]),
  ];
}

const client = (name: string) => pod(name, "exec sleep 3600");

function pod(name: string, script: string, ports: object[] = []): object {
  const [port] = ports;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        runAsGroup: 65534,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "main",
          image: images.busybox,
          command: ["sh", "-c", script],
          ports,
          // The node's own probes pass under every policy.
          ...(port && { readinessProbe: { tcpSocket: { port: "http" }, periodSeconds: 1 } }),
          resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "200m", memory: "32Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  };
}

const only = (app: string) => ({ podSelector: { matchLabels: { app } } });
const dns = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
};

const policies = [
  policy("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
  policy("dns", {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [
      {
        to: [dns],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
    ],
  }),
  policy("friend-to-shop", {
    ...only("friend"),
    policyTypes: ["Egress"],
    egress: [{ to: [only("shop")], ports: [{ port: "http" }] }],
  }),
  policy("shop-from-friend", {
    ...only("shop"),
    policyTypes: ["Ingress"],
    ingress: [{ from: [only("friend")], ports: [{ port: 8080 }] }],
  }),
  policy("stranger-to-all", {
    ...only("stranger"),
    policyTypes: ["Egress"],
    egress: [{ to: [{ podSelector: {} }] }],
  }),
  policy("bank-from-all", { ...only("bank"), policyTypes: ["Ingress"], ingress: [{}] }),
];

function policy(name: string, spec: object): object {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name }, spec };
}
