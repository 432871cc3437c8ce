import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";
import { trustBundle } from "./trust-bundle";

/** Whom the clients of the stores trust, and what the stores' certificates are signed with. */
export interface Ca {
  /** ConfigMap whose key `ca.crt` holds the certificate, and whose key `bundle.crt` the public roots as well. */
  configMap: string;
  /**
   * Fingerprint of the certificate, for the pods that read it. The public roots are not in it: another Node.js has
   * others, and that is no reason to roll every pod.
   */
  checksum: pulumi.Output<string>;
  /** PEM; public. */
  certificate: pulumi.Output<string>;
  /** PEM; never leaves the stack's state. */
  privateKey: pulumi.Output<string>;
}

const CONFIG_MAP = "stores-ca";

/** Hours. Anew three years before its end, so that whatever it signs meanwhile ends before it does. */
const VALIDITY = { total: 10 * 8766, renewal: 3 * 8766 };

/**
 * A certificate authority (CA) of the stack's own, for the data stores alone: their clients verify whom they talk to, in
 * every environment. Its key is nowhere in the cluster.
 */
export class StoresCa extends pulumi.ComponentResource {
  readonly ca: Ca;

  constructor(name: string, args: PlatformContext, opts?: pulumi.ComponentResourceOptions) {
    // The name before the class got its own: another token would be another resource in every stack that is up.
    super("platform:stores:StoresAuthority", name, {}, opts);
    const { namespace, platform } = args;
    const child = { parent: this };

    const { privateKeyPem } = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, child);
    const { certPem } = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem,
        subject: { commonName: `${platform} data stores`, organization: platform },
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
        validityPeriodHours: VALIDITY.total,
        earlyRenewalHours: VALIDITY.renewal,
      },
      child,
    );
    new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { name: CONFIG_MAP, namespace, labels: labelsOf(CONFIG_MAP, platform) },
        data: { "ca.crt": certPem, "bundle.crt": certPem.apply(trustBundle) },
      },
      child,
    );
    this.ca = {
      configMap: CONFIG_MAP,
      checksum: args.checksum(certPem),
      certificate: certPem,
      privateKey: privateKeyPem,
    };
    this.registerOutputs();
  }
}
