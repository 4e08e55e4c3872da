import { Buffer } from "node:buffer";
import { encode } from "dns-packet";

/** What a packet of {@link answerPacket} says. */
export interface Answer {
  readonly instance?: string;
  readonly port?: number;
  readonly text?: readonly string[];
  readonly address?: string;
  readonly ttl?: number;
}

const SERVICE = "_tcp-chat._tcp.local";

/** An answer about one server. */
export function answerPacket(answer: Answer = {}): Uint8Array {
  const { instance = "tcp-chat-1", port = 5555, address = "192.168.0.10", ttl = 120 } = answer;
  const name = `${instance}.${SERVICE}`;
  const target = `${instance}.local`;
  const strings = answer.text ?? ["v=1", "name=casa"];
  return encode({
    type: "response",
    id: 0,
    flags: 0x400,
    answers: [{ type: "PTR", name: SERVICE, ttl, data: name }],
    additionals: [
      { type: "SRV", name, ttl, data: { port, target } },
      { type: "TXT", name, ttl, data: strings.map((text) => Buffer.from(text)) },
      { type: "A", name: target, ttl, data: address },
    ],
  });
}

/** The header of an answer that claims so many records, and bytes after it. */
export function rawAnswer(records: number, ...after: number[]): Uint8Array {
  const counts = [0, 0, records >> 8, records & 0xff, 0, 0, 0, 0];
  return new Uint8Array([0, 0, 0x84, 0, ...counts, ...after]);
}

/** Addresses of a host, as answers, and after them a server. */
export function serverAfter(records: number): Uint8Array {
  const filler = Array.from({ length: records }, (_, i) => ({
    type: "A",
    name: "x.local",
    ttl: 120,
    data: `10.0.0.${i % 250}`,
  }));
  const name = `late.${SERVICE}`;
  return encode({
    type: "response",
    id: 0,
    flags: 0x400,
    answers: [
      ...filler,
      { type: "SRV", name, ttl: 120, data: { port: 5555, target: "late.local" } },
      { type: "TXT", name, ttl: 120, data: [Buffer.from("v=1"), Buffer.from("name=late")] },
    ],
  });
}
