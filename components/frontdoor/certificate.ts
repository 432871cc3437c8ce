import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** Arguments of {@link SelfSignedCertificate}. */
export interface SelfSignedCertificateArgs {
  namespace: pulumi.Input<string>;
  /** Name of the Secret that holds it. */
  secretName: string;
  /** Public host name; `localhost` and 127.0.0.1 are added. */
  host: string;
}

/**
 * A certificate of the stack's own, for environments without a public name: a year, made anew in the last
 * month. Clients trust it by `--cacert`.
 */
export class SelfSignedCertificate extends pulumi.ComponentResource {
  /** The certificate, PEM; public. */
  readonly certificate: pulumi.Output<string>;

  constructor(name: string, args: SelfSignedCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:frontdoor:SelfSignedCertificate", name, {}, opts);
    const child = { parent: this };
    const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, child);
    const { certPem } = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: args.host },
        dnsNames: [args.host, "localhost"],
        ipAddresses: ["127.0.0.1"],
        allowedUses: ["digital_signature", "server_auth"],
        validityPeriodHours: 365 * 24,
        earlyRenewalHours: 30 * 24,
      },
      child,
    );
    new k8s.core.v1.Secret(
      name,
      {
        metadata: { name: args.secretName, namespace: args.namespace },
        type: "kubernetes.io/tls",
        stringData: { "tls.crt": certPem, "tls.key": key.privateKeyPem },
      },
      child,
    );
    this.certificate = certPem;
    this.registerOutputs();
  }
}
