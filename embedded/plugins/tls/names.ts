import { isIP, isIPv4 } from "node:net";
import { ia5String, oid, primitive, printableString, sequence, set, utf8String } from "./der";

/** Parts of a distinguished name, as the SDK calls them. */
export interface Subject {
  commonName?: string;
  country?: string;
  emailAddress?: string;
  locality?: string;
  organization?: string;
  organizationalUnit?: string;
  postalCode?: string;
  province?: string;
  serialNumber?: string;
  streetAddresses?: string[];
}

/** What a certificate is valid for. */
export interface SubjectNames {
  subject?: Subject;
  dnsNames?: string[];
  ipAddresses?: string[];
  uris?: string[];
}

/** Object identifiers, in the order in which the official provider writes the parts. */
const attributeTypes: Record<keyof Subject, string> = {
  country: "2.5.4.6",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  locality: "2.5.4.7",
  province: "2.5.4.8",
  streetAddresses: "2.5.4.9",
  postalCode: "2.5.4.17",
  commonName: "2.5.4.3",
  serialNumber: "2.5.4.5",
  emailAddress: "1.2.840.113549.1.9.1",
};

export const SUBJECT_PARTS = Object.keys(attributeTypes) as (keyof Subject)[];

/** The DER form of a subject; empty without any part. */
export function distinguishedName(subject: Subject = {}): Buffer {
  const parts = SUBJECT_PARTS.flatMap((part) =>
    [subject[part] ?? []].flat().map((value) => {
      const text = part === "emailAddress" ? ia5String(value) : directoryString(value);
      return set(sequence(oid(attributeTypes[part]), text));
    }),
  );
  return sequence(...parts);
}

function directoryString(value: string): Buffer {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value) ? printableString(value) : utf8String(value);
}

/** The general names of a subject alternative name; undefined when there are none. */
export function alternativeNames({ dnsNames, ipAddresses, uris }: SubjectNames): Buffer | undefined {
  const names = [
    ...(dnsNames ?? []).map((name) => primitive(2, Buffer.from(name))),
    ...(ipAddresses ?? []).map((address) => primitive(7, addressBytes(address))),
    ...(uris ?? []).map((uri) => primitive(6, Buffer.from(uri))),
  ];
  return names.length > 0 ? sequence(...names) : undefined;
}

/** The 4 or 16 bytes of an address that {@link isIP} accepts. */
function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  // A URL brings every way of writing an IPv6 address to groups of hexadecimal digits with at most one "::".
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const before = groupsOf(head);
  const after = groupsOf(tail ?? "");
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join(""), "hex");
}

function groupsOf(text: string): string[] {
  return text ? text.split(":") : [];
}

/** What is wrong with the names, by input. */
export function nameProblems({ subject, dnsNames, ipAddresses, uris }: SubjectNames) {
  return [
    ...Object.keys(subject ?? {})
      .filter((part) => !(part in attributeTypes))
      .map((part) => ({ property: `subject.${part}`, reason: `is none of ${SUBJECT_PARTS.join(", ")}` })),
    ...wrong("dnsNames", dnsNames, (name) => /^[\x21-\x7e]+$/.test(name), "a DNS name in ASCII"),
    ...wrong("ipAddresses", ipAddresses, (address) => isIP(address) > 0, "an IP address"),
    ...wrong("uris", uris, (uri) => /^[\x21-\x7e]+$/.test(uri) && URL.canParse(uri), "a URI in ASCII"),
  ];
}

function wrong(property: string, values: string[] = [], isRight: (value: string) => boolean, wanted: string) {
  return values
    .map((value, index) => ({ value, property: `${property}[${index}]` }))
    .filter(({ value }) => !isRight(value))
    .map(({ value, property: at }) => ({
      property: at,
      reason: `is ${JSON.stringify(value)}, not ${wanted}`,
    }));
}
