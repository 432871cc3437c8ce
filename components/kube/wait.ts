import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "./endpoint";

/** Protocols by which a server is known: what a client says first, and how the answer begins. */
const PROTOCOLS = {
  /** PostgreSQL's protocol, "SSLRequest": the answer is one letter. */
  postgres: { opening: Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), answer: "53" },
  /** The answer is a handshake record. An alert will do: who sends one speaks TLS, and is no sidecar. */
  tls: { opening: clientHello(), answer: "1[56] 03" },
  /** Erlang's port mapper (ERTS, "Distribution Protocol", PORT_PLEASE2_REQ): a node called `rabbit` is there. */
  rabbitmqNode: { opening: Buffer.from("\0\x07zrabbit", "latin1"), answer: "77 00" },
};

export type Protocol = keyof typeof PROTOCOLS;

/** A server that can be waited for. */
export interface SpeakingEndpoint extends Endpoint {
  speaks: Protocol;
}

/** The script, which busybox runs. */
export const waitScript = readFileSync(join(import.meta.dirname, "wait.sh"), "utf8");

/** The arguments of the script. */
export function waitArguments({ host, port, speaks }: SpeakingEndpoint): string[] {
  const { opening, answer } = PROTOCOLS[speaks];
  return [host, String(port), printable(opening), answer];
}

/** As printf reads it: each byte in octal, as a NUL and a per cent sign could not be written. */
const printable = (bytes: Buffer): string =>
  Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");

/** The least that a server of today answers with its own hello (RFC 5246, 7.4.1.2): TLS 1.2, four suites, two curves. */
function clientHello(): Buffer {
  const u16 = (...values: number[]) => values.flatMap((value) => [value >> 8, value & 0xff]);
  const sized = (bytes: number[]) => [...u16(bytes.length), ...bytes];
  const extension = (type: number, content: number[]) => [...u16(type), ...sized(content)];
  const body = [
    ...u16(0x0303),
    // Random, which nothing is derived from: the handshake goes no further.
    ...Array<number>(32).fill(1),
    // No session.
    0,
    ...sized(u16(0xc02b, 0xc02c, 0xc02f, 0xc030)),
    // No compression.
    ...[1, 0],
    ...sized([
      ...extension(10, sized(u16(29, 23))),
      ...extension(11, [1, 0]),
      ...extension(13, sized(u16(0x0403, 0x0804, 0x0401))),
    ]),
  ];
  return Buffer.from([0x16, ...u16(0x0301), ...sized([1, 0, ...sized(body)])]);
}
