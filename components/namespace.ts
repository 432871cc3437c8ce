import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link Namespace}. */
export interface NamespaceArgs {
  /** Its name in the cluster. */
  namespace: string;
  /** Platform it belongs to. */
  platform: string;
}

/** The namespace of one platform in one environment. Pod Security `restricted` is enforced in it. */
export class Namespace extends pulumi.ComponentResource {
  /** Its name, known once it exists: whoever uses it waits for it. */
  readonly namespaceName: pulumi.Output<string>;

  constructor(name: string, args: NamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:cluster:Namespace", name, {}, opts);
    const namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name: args.namespace,
          labels: {
            "app.kubernetes.io/part-of": args.platform,
            "app.kubernetes.io/managed-by": "pulumi",
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "latest",
            "pod-security.kubernetes.io/warn": "restricted",
          },
        },
      },
      { parent: this },
    );
    this.namespaceName = namespace.metadata.name;
    this.registerOutputs({ namespaceName: this.namespaceName });
  }
}
