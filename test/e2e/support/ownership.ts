import { execa } from "execa";
import { nameOf } from "../../../operations/events/stack-events";
import { small } from "./small";
import { environment, root, succeedIn } from "./stack";

/** Kinds that belong to no namespace, as far as a platform makes any. */
const CLUSTER_WIDE = "namespaces,priorityclasses,clusterroles,clusterrolebindings";

/** Kinds whose objects are many, and never a program's. */
const TRANSIENT = /^(pods|events|replicasets|controllerrevisions|endpoints|endpointslices|leases)\b|metrics/;

/** A Kubernetes object and who applies it: `Secret small/postgres-admin <uid> pulumi-kubernetes-0a1b2c3d`. */
const line = (kind: string, id: string, uid: string, manager: string) => `${kind} ${id} ${uid} ${manager}`;

/** Every object that the cluster has of Pulumi's, in the stack's namespace and beside it. */
export async function objectsInCluster(): Promise<string[]> {
  const list = await succeedIn(
    root,
    "kubectl",
    "api-resources",
    "--namespaced",
    "--verbs=list,patch",
    "-o",
    "name",
  );
  const kinds = list.split("\n").filter((kind) => !TRANSIENT.test(kind));
  const ours = ["-l", "app.kubernetes.io/part-of=small"];
  const [inside, beside] = await Promise.all([
    itemsOf("-n", small.namespace, "get", kinds.join(",")),
    itemsOf("get", CLUSTER_WIDE, ...ours),
  ]);
  return [...inside, ...beside].flatMap(describe).sort();
}

/** Every Kubernetes object that the state has. */
export async function objectsInState(): Promise<string[]> {
  const { resources } = await small.state();
  return resources
    .filter(({ type, custom }) => custom && type.startsWith("kubernetes:"))
    .map(({ urn, id, outputs }) =>
      line(nameOf(urn).split(" ")[0] ?? "", id, outputs.metadata?.uid, outputs.__fieldManager),
    )
    .sort();
}

async function itemsOf(...args: string[]): Promise<any[]> {
  return JSON.parse(await succeedIn(root, "kubectl", ...args, "-o", "json", "--show-managed-fields")).items;
}

function describe({ kind, metadata }: any): string[] {
  const { name, namespace, uid, managedFields = [] } = metadata;
  const managers = managedFields
    .filter(({ operation }: any) => operation === "Apply")
    .map(({ manager }: any) => manager)
    .filter((manager: string) => manager.startsWith("pulumi"));
  if (managers.length === 0) return [];
  return [line(kind, namespace ? `${namespace}/${name}` : name, uid, managers.sort().join(" and "))];
}

/** Every password and key that is generated, by Secret and key. */
export async function passwords(): Promise<Record<string, string>> {
  const { items } = await small.get("secrets");
  return Object.fromEntries(
    items.flatMap(({ metadata, data = {} }: any) =>
      Object.entries(data).map(([key, value]) => [`${metadata.name}/${key}`, value]),
    ),
  );
}

/** The CA as the Postgres pod has it. */
const SERVER_CA = "/etc/postgresql-tls/ca.crt";

/** Who the database says logs in with the URL that a service has. */
export async function loginOf(service: string): Promise<string> {
  const encoded = await small.kubectl("get", "secret", `postgres-${service}`, "-o", "jsonpath={.data.url}");
  // On the server itself, where no network policy is in the way; its certificate is verified all the same. The URL comes by
  // standard input: it has the password.
  const url = Buffer.from(encoded, "base64")
    .toString()
    .replace(/sslrootcert=[^&]*/, `sslrootcert=${SERVER_CA}`);
  const script = `PGHOSTADDR=127.0.0.1 psql "$(cat)" -tAc 'select session_user'`;
  const args = [
    "-n",
    small.namespace,
    "exec",
    "-i",
    "postgres-0",
    "-c",
    "postgres",
    "--",
    "sh",
    "-c",
    script,
  ];
  const { stdout } = await execa("kubectl", args, { env: environment, input: url });
  return stdout;
}
