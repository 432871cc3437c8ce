import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { UserError } from "../errors";
import { latestWarning } from "../reasons";
import { pause } from "./pause";

/** An image of a service, as a stack's file says it. */
export interface ImageRef {
  tag: string;
  /** `sha256:…`, where it was given. */
  digest?: string;
}

const DIGEST = /@(sha256:[0-9a-f]{64})$/;

/**
 * Reads the value of `--image`.
 * @param repository of the service in this stack, such as `docker.io/malai/auth-service`
 * @param given the whole name, or only its `:tag`
 * @throws {UserError} when it is another repository's, or has no tag
 */
export function parseImage(given: string, repository: string): ImageRef {
  const digest = DIGEST.exec(given)?.[1];
  const named = given.replace(DIGEST, "");
  const [, name = "", tag] = /^(.*?)(?::([\w][\w.-]{0,127}))?$/.exec(named) ?? [];
  if (name !== "" && name !== repository) {
    throw new UserError(
      `--image ${given} is not of this service's repository`,
      `give ${repository}:<tag>, or change platform:images.registry in the stack's file first`,
    );
  }
  if (!tag) {
    throw new UserError(
      `--image ${given} has no tag`,
      `give ${repository}:<tag>, with @sha256:… if you like`,
    );
  }
  return { tag, digest };
}

/** `docker.io/malai/auth-service` of an image with a tag, a digest or both. */
export const repositoryOf = (image: string): string => image.replace(DIGEST, "").replace(/:[^:/]*$/, "");

/** `docker.io/malai/auth-service:2.0.0@sha256:…` */
export const nameOf = (repository: string, { tag, digest }: ImageRef): string =>
  `${repository}:${tag}${digest ? `@${digest}` : ""}`;

/** Milliseconds for a node to fetch a large image from far away. */
const PULL_TIMEOUT = 300_000;

/** The kubelet's words for an image that it cannot have. */
const REFUSED = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];

/**
 * Has a node fetch an image, by a pod that does nothing else and is taken away again: nothing but a node knows whether
 * it can, from where, and with which credentials.
 * @returns the digest that the node has found, as far as its registry has one
 * @throws {UserError} when it cannot be had
 */
export async function pullImage(
  cluster: KubeConfig,
  namespace: string,
  image: string,
): Promise<string | undefined> {
  const core = cluster.makeApiClient(CoreV1Api);
  const { metadata } = await core.createNamespacedPod({ namespace, body: puller(image) });
  const name = metadata?.name ?? "";
  try {
    for (const end = Date.now() + PULL_TIMEOUT; ; await pause(500)) {
      const { status } = await core.readNamespacedPod({ namespace, name });
      const [container] = status?.containerStatuses ?? [];
      const { waiting, running, terminated } = container?.state ?? {};
      if (running || terminated) return DIGEST.exec(container?.imageID ?? "")?.[1];
      if (waiting && REFUSED.includes(waiting.reason ?? "")) {
        throw new UserError(
          `the image ${image} cannot be pulled: ${waiting.message ?? waiting.reason}`,
          REMEDY,
        );
      }
      if (Date.now() > end) {
        const { items } = await core.listNamespacedEvent({
          namespace,
          fieldSelector: `involvedObject.name=${name}`,
        });
        const why = latestWarning(items) ?? "no node has fetched it";
        throw new UserError(
          `the image ${image} cannot be pulled in ${PULL_TIMEOUT / 1000} s: ${why}`,
          REMEDY,
        );
      }
    }
  } finally {
    await core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
  }
}

const REMEDY = "push it, or correct --image; nothing was changed";

/** Ends at once, whatever the image holds: what it would run does not exist in any. */
function puller(image: string): V1Pod {
  return {
    metadata: {
      generateName: "release-image-",
      labels: { "app.kubernetes.io/managed-by": "ops", "sidecar.istio.io/inject": "false" },
    },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "image",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["/release-image-is-there"],
          resources: {
            requests: { cpu: "1m", memory: "4Mi" },
            limits: { cpu: "10m", memory: "16Mi" },
          },
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
