/**
 * The little of ASN.1's distinguished encoding that certificates need. node:crypto makes and reads keys in
 * it, but certificates only to look at.
 */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element from its tag and its parts. */
function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes = unsigned(BigInt(length));
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

/** The shortest bytes of a number, without regard to its sign bit. */
function unsigned(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
}

export const NULL = element(TAG.null);
export const sequence = (...parts: Uint8Array[]) => element(TAG.sequence, ...parts);
export const set = (...parts: Uint8Array[]) => element(TAG.set, ...parts);
export const boolean = (value: boolean) => element(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
export const octetString = (content: Uint8Array) => element(TAG.octetString, content);
export const utf8String = (text: string) => element(TAG.utf8String, Buffer.from(text));
export const printableString = (text: string) => element(TAG.printableString, Buffer.from(text, "latin1"));
export const ia5String = (text: string) => element(TAG.ia5String, Buffer.from(text, "latin1"));
export const bitString = (content: Uint8Array, unusedBits = 0) =>
  element(TAG.bitString, Uint8Array.of(unusedBits), content);

/** An integer that is not negative. */
export function integer(value: bigint): Buffer {
  const bytes = unsigned(value);
  return element(TAG.integer, Uint8Array.of(...((bytes[0] ?? 0) & 0x80 ? [0] : [])), bytes);
}

/** Object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(TAG.oid, Uint8Array.from([40 * first + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
}

/** A time to the second, in the form that RFC 5280 wants: a short one for years before 2050. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, "")}Z`;
  return date.getUTCFullYear() < 2050
    ? element(TAG.utcTime, Buffer.from(digits.slice(2)))
    : element(TAG.generalizedTime, Buffer.from(digits));
}

/** A context-specific element: around other elements, or in the place of a primitive one's tag. */
export const constructed = (number: number, ...parts: Uint8Array[]) => element(0xa0 | number, ...parts);
export const primitive = (number: number, content: Uint8Array) => element(0x80 | number, content);

/** An element read: `raw` is all of it, `content` what is behind tag and length. */
export interface Element {
  tag: number;
  raw: Buffer;
  content: Buffer;
}

/** The elements one after the other in a buffer. */
export function readAll(buffer: Buffer): Element[] {
  const elements: Element[] = [];
  for (let offset = 0; offset < buffer.length; ) {
    const first = buffer.readUInt8(offset + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = offset + 2 + lengthBytes;
    const end = start + (lengthBytes === 0 ? first : buffer.readUIntBE(offset + 2, lengthBytes));
    if (end > buffer.length) throw new RangeError("the encoding ends too early");
    elements.push({
      tag: buffer.readUInt8(offset),
      raw: buffer.subarray(offset, end),
      content: buffer.subarray(start, end),
    });
    offset = end;
  }
  return elements;
}

/** The elements inside the only element of a buffer. */
export function readChildren(buffer: Buffer): Element[] {
  const [outer] = readAll(buffer);
  if (!outer) throw new RangeError("the encoding is empty");
  return readAll(outer.content);
}
