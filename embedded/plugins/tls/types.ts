import { createHash } from "node:crypto";
import type { Field, LogicalType, Made } from "../logical";
import type { CheckFailure, Properties } from "../protocol";
import {
  type Certificate,
  type CertificateOptions,
  createRequest,
  selfSign,
  signRequest,
} from "./certificates";
import { USES } from "./extensions";
import { ALGORITHMS, CURVES, createKey, type KeyInputs, parseKey } from "./keys";
import { nameProblems, type SubjectNames } from "./names";

const names: Record<keyof SubjectNames, Field> = {
  subject: { type: "object" },
  dnsNames: { type: "list" },
  ipAddresses: { type: "list" },
  uris: { type: "list" },
};

const certificateFields: Record<keyof CertificateOptions | "earlyRenewalHours", Field> = {
  allowedUses: { type: "list", required: true, values: USES },
  validityPeriodHours: { type: "integer", required: true },
  earlyRenewalHours: { type: "integer", default: 0, changeable: true },
  isCaCertificate: { type: "boolean", default: false },
  maxPathLength: { type: "integer" },
  setSubjectKeyId: { type: "boolean", default: false },
};

const certificateOutputs = {
  certPem: "plain",
  readyForRenewal: "plain",
  validityStartTime: "plain",
  validityEndTime: "plain",
} as const;

type CertificateInputs = CertificateOptions & { earlyRenewalHours: number };

/** A certificate is renewed by the first update within `earlyRenewalHours` of its end. */
const renewal = {
  output: "readyForRenewal",
  reached({ validityEndTime, earlyRenewalHours }: Properties): boolean {
    return Date.now() >= Date.parse(String(validityEndTime)) - Number(earlyRenewalHours) * 3_600_000;
  },
};

const privateKey: LogicalType<KeyInputs> = {
  inputs: {
    algorithm: { type: "string", required: true, values: ALGORITHMS },
    ecdsaCurve: { type: "string", default: "P224", values: CURVES },
    rsaBits: { type: "integer", default: 2048 },
  },
  outputs: {
    privateKeyPem: "secret",
    privateKeyPemPkcs8: "secret",
    privateKeyOpenssh: "secret",
    publicKeyPem: "plain",
    publicKeyOpenssh: "plain",
    publicKeyFingerprintMd5: "plain",
    publicKeyFingerprintSha256: "plain",
  },
  problems: ({ rsaBits }) => outside("rsaBits", rsaBits, 1024, 16384),
  create: createKey,
};

const certRequest: LogicalType<SubjectNames & { privateKeyPem: string }> = {
  inputs: { ...names, privateKeyPem: { type: "string", required: true } },
  outputs: { certRequestPem: "plain", keyAlgorithm: "plain" },
  problems: nameProblems,
  create(inputs) {
    const { key, algorithm } = parseKey(inputs.privateKeyPem);
    const { pem, der } = createRequest(inputs, key);
    return {
      id: createHash("sha1").update(der).digest("hex"),
      outputs: { certRequestPem: pem, keyAlgorithm: algorithm },
    };
  },
};

type SelfSignedInputs = CertificateInputs &
  SubjectNames & { privateKeyPem: string; setAuthorityKeyId: boolean };

const selfSignedCert: LogicalType<SelfSignedInputs> = {
  inputs: {
    ...names,
    ...certificateFields,
    privateKeyPem: { type: "string", required: true },
    setAuthorityKeyId: { type: "boolean", default: false },
  },
  outputs: { ...certificateOutputs, keyAlgorithm: "plain" },
  problems: (inputs) => [
    ...nameProblems(inputs),
    ...certificateProblems(inputs),
    ...selfSignedProblems(inputs),
  ],
  create(inputs) {
    const { key, algorithm } = parseKey(inputs.privateKeyPem);
    return asCertificate(selfSign(inputs, key, inputs), { keyAlgorithm: algorithm });
  },
  expiry: renewal,
};

type LocallySignedInputs = CertificateInputs &
  Record<"caCertPem" | "caPrivateKeyPem" | "certRequestPem", string>;

const locallySignedCert: LogicalType<LocallySignedInputs> = {
  inputs: {
    ...certificateFields,
    caCertPem: { type: "string", required: true },
    caPrivateKeyPem: { type: "string", required: true },
    certRequestPem: { type: "string", required: true },
  },
  outputs: { ...certificateOutputs, caKeyAlgorithm: "plain" },
  problems: certificateProblems,
  create(inputs) {
    const { key, algorithm } = parseKey(inputs.caPrivateKeyPem);
    const certificate = signRequest(inputs.certRequestPem, inputs.caCertPem, key, inputs);
    return asCertificate(certificate, { caKeyAlgorithm: algorithm });
  },
  expiry: renewal,
};

function asCertificate({ serialNumber, pem, validFrom, validTo }: Certificate, outputs: Properties): Made {
  return {
    id: String(serialNumber),
    outputs: {
      ...outputs,
      certPem: pem,
      readyForRenewal: false,
      validityStartTime: rfc3339(validFrom),
      validityEndTime: rfc3339(validTo),
    },
  };
}

/** To the second, as it is in the certificate. */
function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

function certificateProblems(inputs: CertificateInputs): CheckFailure[] {
  return [
    // The calendar of certificates ends with the year 9999; a century is far enough from it.
    ...outside("validityPeriodHours", inputs.validityPeriodHours, 0, 876_000),
    ...outside("earlyRenewalHours", inputs.earlyRenewalHours, 0, Number.MAX_SAFE_INTEGER),
    ...outside("maxPathLength", inputs.maxPathLength ?? 0, 0, Number.MAX_SAFE_INTEGER),
  ];
}

function selfSignedProblems({
  isCaCertificate,
  setSubjectKeyId,
  setAuthorityKeyId,
  subject,
}: SelfSignedInputs) {
  const problems: CheckFailure[] = [];
  if (isCaCertificate && Object.values(subject ?? {}).flat().length === 0) {
    problems.push({
      property: "subject",
      reason: "must have at least one part in the certificate of an authority",
    });
  }
  if (setAuthorityKeyId && !isCaCertificate && !setSubjectKeyId) {
    problems.push({ property: "setAuthorityKeyId", reason: "needs setSubjectKeyId" });
  }
  return problems;
}

function outside(property: string, value: number, least: number, most: number): CheckFailure[] {
  if (value >= least && value <= most) return [];
  return [{ property, reason: `is ${value}, must be from ${least} to ${most}` }];
}

/** What this provider offers: the official one's resources, without its functions and write-only keys. */
export const tlsTypes: Record<string, LogicalType<never>> = {
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/certRequest:CertRequest": certRequest,
  "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
  "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
};
