import { Buffer } from "node:buffer";
import { a, encode, name as dnsName, srv, txt } from "dns-packet";
import { LIMITS } from "../protocol/limits.ts";
import { decodeServiceText, type ServiceText } from "./service_text.ts";

/** The type of the service, without the domain. */
export const SERVICE_TYPE = "tcp-chat";
/** The name that all servers answer to (RFC 6763, section 4.1). */
const SERVICE_NAME = `_${SERVICE_TYPE}._tcp.local`;

/** A server as a packet tells of it. */
export interface AnnouncedService {
  /** The name of the record: no two servers of a network share one, unless one lies. */
  readonly instance: string;
  readonly port: number;
  readonly text: ServiceText;
  /** The IPv4 addresses of the host, as it claims. */
  readonly addresses: readonly string[];
}

const HEADER_BYTES = 12;
const IS_RESPONSE = 0x8000;
/** In the class of a question: answer to the asker alone (RFC 6762, section 5.4). */
const WANTS_UNICAST = 0x80;
/** In the class of a record: it takes the place of all others (section 10.2). */
const FLUSH = 0x8000;
const INTERNET = 1;
const TYPES = { a: 1, txt: 16, srv: 33 } as const;

/** A question for all servers. @param isUnicast whether the asker wants answers of its own */
export function encodeQuestion(isUnicast: boolean): Uint8Array {
  const questions = [{ type: "PTR", class: "IN", name: SERVICE_NAME }];
  const packet = encode({ type: "query", id: 0, flags: 0, questions });
  const classAt = packet.length - 2;
  if (isUnicast) packet[classAt] = (packet[classAt] ?? 0) | WANTS_UNICAST;
  return packet;
}

/**
 * The servers that an answer tells of, each whole: with its port, text and addresses. Anything may be in
 * a packet: what is malformed ends its reading, and only 64 records are looked at.
 */
export function decodeServices(packet: Uint8Array): AnnouncedService[] {
  if (packet.length < HEADER_BYTES || packet.length > LIMITS.discoveryPacketBytes) return [];
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  if ((bytes.readUInt16BE(2) & IS_RESPONSE) === 0) return [];
  return servicesOf(readRecords(bytes));
}

interface DnsRecord {
  readonly name: string;
  readonly type: number;
  /** Where its data begins, with two bytes for their length. */
  readonly dataAt: number;
}

interface Records {
  readonly ports: Map<string, { readonly port: number; readonly host: string }>;
  readonly texts: Map<string, ServiceText>;
  readonly addresses: Map<string, string[]>;
}

function readRecords(bytes: Buffer): Records {
  const records: Records = { ports: new Map(), texts: new Map(), addresses: new Map() };
  try {
    for (const record of recordsOf(bytes)) keepRecord(record, bytes, records);
  } catch {
    // What was read before counts
  }
  return records;
}

/** @throws if the packet ends early, or a name does not end */
function* recordsOf(bytes: Buffer): Generator<DnsRecord> {
  const questions = bytes.readUInt16BE(4);
  const answers = bytes.readUInt16BE(6) + bytes.readUInt16BE(8) + bytes.readUInt16BE(10);
  const count = Math.min(questions + answers, LIMITS.discoveryRecords);
  let at = HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    const name = dnsName.decode(bytes, at).toLowerCase();
    at += dnsName.decode.bytes;
    const type = bytes.readUInt16BE(at);
    const isInternet = (bytes.readUInt16BE(at + 2) & ~FLUSH) === INTERNET;
    at += 4;
    if (index < questions) continue;
    const isAlive = bytes.readUInt32BE(at) > 0; // A goodbye has 0 (RFC 6762, section 10.1)
    const dataAt = at + 4;
    at = dataAt + 2 + bytes.readUInt16BE(dataAt);
    if (at > bytes.length) throw new RangeError("the data of a record exceed the packet");
    if (isInternet && isAlive) yield { name, type, dataAt };
  }
}

function keepRecord({ name, type, dataAt }: DnsRecord, bytes: Buffer, to: Records): void {
  if (type === TYPES.a) {
    to.addresses.set(name, [...to.addresses.get(name) ?? [], a.decode(bytes, dataAt)]);
  }
  if (!name.endsWith(`.${SERVICE_NAME}`)) return;
  if (type === TYPES.srv) {
    const { port, target } = srv.decode(bytes, dataAt);
    if (port > 0) to.ports.set(name, { port, host: target.toLowerCase() });
  } else if (type === TYPES.txt) {
    const text = decodeServiceText(txt.decode(bytes, dataAt));
    if (text !== null) to.texts.set(name, text);
  }
}

function servicesOf({ ports, texts, addresses }: Records): AnnouncedService[] {
  return [...ports].flatMap(([instance, { port, host }]) => {
    const text = texts.get(instance);
    return text === undefined
      ? []
      : [{ instance, port, text, addresses: addresses.get(host) ?? [] }];
  });
}
