import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { tlsSecretOf } from "../../model/names";
import { labelsOf } from "../kube/labels";
import type { StoreArgs } from "./store-args";

/** What a store shows its clients, as a pod has it. */
export interface ServerCertificate {
  /** The folder with `ca.crt`, `tls.crt` and `tls.key`. */
  volume: { name: string; secret: { secretName: string; defaultMode: number } };
  /** A pod that mounts the volume depends on it. */
  secret: k8s.core.v1.Secret;
  /** Fingerprint of the certificate. */
  checksum: pulumi.Output<string>;
}

/** Hours. Anew in the last half year, by the next `pulumi up`: one a year is enough, and the last may be late. */
const VALIDITY = { total: 2 * 8766, renewal: 8766 / 2 };

/** Only the owner and its group: Postgres refuses a key that others can read. */
const MODE = 0o440;

/** A certificate for a store, by the names that clients and its own probes know it by, in a Secret `<app>-tls`. */
export function createServerCertificate(
  name: string,
  app: string,
  { namespace, platform, ca, checksum }: StoreArgs,
  opts: pulumi.CustomResourceOptions,
): ServerCertificate {
  const secretName = tlsSecretOf(app);
  const { privateKeyPem } = new tls.PrivateKey(
    `${name}-tls`,
    { algorithm: "ECDSA", ecdsaCurve: "P256" },
    opts,
  );
  const { certRequestPem } = new tls.CertRequest(
    `${name}-tls`,
    {
      privateKeyPem,
      subject: { commonName: app },
      dnsNames: [
        app,
        pulumi.interpolate`${app}.${namespace}`,
        pulumi.interpolate`${app}.${namespace}.svc`,
        "localhost",
      ],
      ipAddresses: ["127.0.0.1"],
    },
    opts,
  );
  const { certPem } = new tls.LocallySignedCert(
    `${name}-tls`,
    {
      certRequestPem,
      caCertPem: ca.certificate,
      caPrivateKeyPem: ca.privateKey,
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: VALIDITY.total,
      earlyRenewalHours: VALIDITY.renewal,
    },
    opts,
  );
  const secret = new k8s.core.v1.Secret(
    `${name}-tls`,
    {
      metadata: { name: secretName, namespace, labels: labelsOf(app, platform) },
      type: "kubernetes.io/tls",
      stringData: { "ca.crt": ca.certificate, "tls.crt": certPem, "tls.key": privateKeyPem },
    },
    opts,
  );
  return {
    volume: { name: "tls", secret: { secretName, defaultMode: MODE } },
    secret,
    checksum: checksum(certPem),
  };
}
