import { isPersistent } from "../plan";
import type { Problem } from "../problems";
import type { Check } from "./check";
import { CREDENTIALS } from "./configuration";

/** Bytes of a ConfigMap at most (Kubernetes documentation, ConfigMaps). */
const MOST_BYTES = 2 ** 20;
/** Of a claim: it is the value of a label, and that of the volume in the pod begins with `volume-`. */
const MOST_CHARACTERS = 56;

/** Folders that the platform has something of its own in. */
const isTaken = (path: string): boolean =>
  path === "/tmp" || path === "/etc/platform" || path.startsWith("/etc/platform/");

/** Volumes and files are where a container can have them, each at one place. */
export const mountPaths: Check = ({ services, jobs }) =>
  [...services, ...jobs].flatMap(({ name, volumes, files }) => {
    const seen = new Set<string>();
    const of = (kind: "volumes" | "files", paths: string[]) =>
      paths.flatMap((path): Problem[] => {
        const problem = problemOf(path, seen.has(path));
        seen.add(path);
        return problem ? [{ at: `services.${name}.${kind}`, ...problem }] : [];
      });
    return [
      ...of(
        "volumes",
        volumes.map(({ path }) => path),
      ),
      ...of(
        "files",
        files.map(({ path }) => path),
      ),
    ];
  });

function problemOf(path: string, isSecond: boolean): Pick<Problem, "problem" | "remedy"> | undefined {
  if (isTaken(path)) return { problem: `${path} is the platform's own`, remedy: "choose another path" };
  if (isSecond)
    return { problem: `${path} is there twice`, remedy: "give each volume and file a path of its own" };
  return undefined;
}

/** A volume has a claim, whose name no other volume has. */
export const volumeNames: Check = ({ services, jobs }) => {
  const owners = new Map<string, string>();
  return [...services, ...jobs].flatMap(({ name, volumes }) =>
    volumes.flatMap(({ path, claim }): Problem[] => {
      const owner = owners.get(claim);
      owners.set(claim, `${path} of ${name}`);
      const problem = owner
        ? `its name would be ${claim}, which is that of ${owner}`
        : claim.length > MOST_CHARACTERS &&
          `its name, ${claim}, is longer than ${MOST_CHARACTERS} characters`;
      return problem
        ? [{ at: `services.${name}.volumes.${path}`, problem, remedy: "choose another path" }]
        : [];
    }),
  );
};

/** A volume is mounted by one pod at a time: two would write into each other's files. */
export const persistentIsAlone: Check = ({ services, jobs }) => [
  ...jobs
    .filter((job) => isPersistent(job) && job.schedule?.concurrency === "Allow")
    .map(({ name }) => ({
      at: `services.${name}.concurrency`,
      problem: "two runs at once, and its persistent volume is mounted by one pod at a time",
      remedy: 'leave it out, or write "Replace"',
    })),
  ...services.filter(isPersistent).flatMap(({ name, replicas, release }): Problem[] => [
    ...(replicas.max > 1
      ? [
          {
            at: `platform:services.${name}.replicas`,
            problem: `${replicas.max} replicas, and its persistent volume is mounted by one pod at a time`,
            remedy: "remove it, or keep what is in the volume in a store",
          },
        ]
      : []),
    ...(release
      ? [
          {
            at: `platform:services.${name}.release`,
            problem: `${release.version} would run beside the version in use, and its persistent volume is mounted by one pod at a time`,
            remedy: "remove it, and change the tag of the service instead",
          },
        ]
      : []),
  ]),
];

/** Files are in a ConfigMap, which has a limit, and which everybody in the namespace may read. */
export const filesFit: Check = ({ services, jobs }) =>
  [...services, ...jobs].flatMap(({ name, files }): Problem[] => {
    const at = `services.${name}.files`;
    const bytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    return [
      ...(bytes > MOST_BYTES
        ? [
            {
              at,
              problem: `${bytes} bytes are over the ${MOST_BYTES} of a ConfigMap`,
              remedy: "put what is large into the image",
            },
          ]
        : []),
      ...files
        .filter(({ text }) => CREDENTIALS.test(text))
        .map(({ path }) => ({
          at: `${at}.${path}`,
          problem: "there is a password or a private key in it, and everybody in the namespace may read it",
          remedy: "name it under `secrets` of the service",
        })),
    ];
  });

/** Containers of a pod have different names, those that the platform adds among them. */
export const containerNames: Check = ({ services }) =>
  services.flatMap(({ name, containers }) =>
    containers
      .filter(({ name: own }) => own === name || /^(wait-for-|istio-)/.test(own))
      .map(({ name: own }) => ({
        at: `services.${name}.containers`,
        problem: `a container cannot be called "${own}"`,
        remedy: "give it a name that is not the service's, and not wait-for-… or istio-…",
      })),
  );
