import type * as k8s from "@pulumi/kubernetes";

/** Writable folders of a container whose root file system is read-only; they live as long as the pod. */
export interface Scratch {
  volumes: k8s.types.input.core.v1.Volume[];
  mounts: k8s.types.input.core.v1.VolumeMount[];
}

/** One folder for each path, all from one emptyDir of at most `sizeLimit`. */
export function scratch(paths: readonly string[], sizeLimit = "64Mi"): Scratch {
  return {
    volumes: [{ name: "scratch", emptyDir: { sizeLimit } }],
    mounts: paths.map((mountPath) => ({
      name: "scratch",
      mountPath,
      subPath: mountPath.slice(1).replaceAll("/", "-"),
    })),
  };
}
