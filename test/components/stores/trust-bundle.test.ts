import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { expect } from "chai";
import { trustBundle } from "../../../components/stores/trust-bundle";
import { malai } from "../../../platforms/malai";
import { issueFor } from "../../services/certificates";
import { objectOf, render, settingsOf } from "../../support/render";

describe("The bundle of what clients of the stores trust", () => {
  it("[N6] holds the stores' CA and every public root, each a certificate, and fits into a ConfigMap", async () => {
    const { ca } = await issueFor("localhost");
    const bundle = trustBundle(ca);
    const certificates =
      bundle.match(/-----BEGIN CERTIFICATE-----\n[^-]+\n-----END CERTIFICATE-----\n/g) ?? [];
    const fingerprints = certificates.map((pem) => new X509Certificate(pem).fingerprint256);
    const expected = [ca, ...rootCertificates].map((pem) => new X509Certificate(pem).fingerprint256);
    expect(fingerprints).to.deep.equal(expected);
    expect(Buffer.byteLength(bundle)).to.be.below(512 * 1024);
  });

  it("[N6] is beside the CA alone in the ConfigMap that pods mount", async () => {
    const { data } = objectOf(await render(malai, settingsOf("dev")), "ConfigMap", "stores-ca");
    expect(data["ca.crt"]).to.equal("CERTIFICATE");
    expect(data["bundle.crt"]).to.equal(trustBundle("CERTIFICATE"));
  });
});
