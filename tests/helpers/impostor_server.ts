import { Buffer } from "node:buffer";
import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { RawPeer } from "./raw_peer.ts";

const CIPHER = [0x13, 0x01]; // TLS_AES_128_GCM_SHA256
const X25519 = 0x001d;
const ECDSA_P256 = [0x04, 0x03];

/** The reaction of a client to the stolen certificate. */
export type Outcome = "refused" | "fooled";

/**
 * A TLS 1.3 server with a stolen certificate. It lacks the certificate's key, and signs the
 * handshake with its own. No library does that, so this is the part of TLS 1.3 (RFC 8446) that
 * suffices to fool a client without verification.
 */
export class ImpostorServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #work: Promise<void>;
  readonly #outcomes: Outcome[] = [];

  /**
   * @param certificate DER
   * @param key PEM, the impostor's own
   */
  constructor(readonly certificate: Uint8Array, readonly key: string) {
    this.#work = this.#run();
  }

  get endpoint() {
    return { hostname: "127.0.0.1", port: this.#listener.addr.port };
  }

  /** The outcomes of the connections so far. */
  get outcomes(): readonly Outcome[] {
    return this.#outcomes;
  }

  async #run(): Promise<void> {
    for (;;) {
      const conn = await this.#listener.accept().catch(() => null);
      if (conn === null) return;
      using peer = new RawPeer(conn);
      this.#outcomes.push(await this.#handshake(peer).catch(() => "refused" as const));
    }
  }

  async #handshake(peer: RawPeer): Promise<Outcome> {
    const hello = (await readRecord(peer)).subarray(5);
    const { privateKey, publicKey } = generateKeyPairSync("x25519");
    const serverHello = encodeServerHello(hello, rawPublic(publicKey));
    const shared = diffieHellman({ privateKey, publicKey: clientShare(hello) });
    const secret = serverSecret(shared, [hello, serverHello]);
    const flight = this.#flight(secret, [hello, serverHello]);
    await peer.send(record(0x16, serverHello), encrypt(flight, secret));
    for (;;) {
      const answer = await readRecord(peer);
      if (answer[0] === 0x14) continue; // ChangeCipherSpec, sent for middleboxes
      // An encrypted alert is short, a Finished is not
      return answer[0] === 0x17 && answer.length > 5 + 30 ? "fooled" : "refused";
    }
  }

  /** EncryptedExtensions, Certificate, CertificateVerify and Finished. */
  #flight(secret: Uint8Array, before: Uint8Array[]): Uint8Array {
    const messages = [...before];
    const add = (type: number, ...parts: Uint8Array[]) => messages.push(message(type, ...parts));
    add(0x08, bytes(0, 0));
    const entry = concatBytes([u24(this.certificate.length), this.certificate, bytes(0, 0)]);
    add(0x0b, bytes(0), u24(entry.length), entry);
    const signature = this.#sign(hashOf(messages));
    add(0x0f, bytes(...ECDSA_P256), u16(signature.length), signature);
    const finishedKey = expand(secret, "finished", new Uint8Array(0), 32);
    add(0x14, createHmac("sha256", finishedKey).update(hashOf(messages)).digest());
    return concatBytes(messages.slice(before.length));
  }

  #sign(transcript: Uint8Array): Uint8Array {
    const context = `${" ".repeat(64)}TLS 1.3, server CertificateVerify\0`;
    const content = concatBytes([Buffer.from(context), transcript]);
    return sign("sha256", content, createPrivateKey(this.key));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#work;
  }
}

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values);
}

function u16(value: number): Uint8Array {
  return bytes(value >> 8, value & 255);
}

function u24(value: number): Uint8Array {
  return bytes(value >> 16, (value >> 8) & 255, value & 255);
}

function message(type: number, ...parts: Uint8Array[]): Uint8Array {
  const body = concatBytes(parts);
  return concatBytes([bytes(type), u24(body.length), body]);
}

function record(type: number, content: Uint8Array): Uint8Array {
  return concatBytes([bytes(type, 0x03, 0x03), u16(content.length), content]);
}

async function readRecord(peer: RawPeer): Promise<Uint8Array> {
  const header = await peer.readBytes(5);
  if (header.length < 5) throw new Error("The client left");
  const content = await peer.readBytes((header[3]! << 8) | header[4]!);
  return concatBytes([header, content]);
}

function rawPublic(key: KeyObject): Uint8Array {
  return key.export({ type: "spki", format: "der" }).subarray(-32);
}

function encodeServerHello(clientHello: Uint8Array, share: Uint8Array): Uint8Array {
  const sessionId = clientHello.subarray(38, 39 + clientHello[38]!);
  const extensions = concatBytes([
    concatBytes([bytes(0x00, 0x2b, 0x00, 0x02, 0x03, 0x04)]),
    concatBytes([bytes(0x00, 0x33), u16(36), u16(X25519), u16(32), share]),
  ]);
  const random = crypto.getRandomValues(new Uint8Array(32));
  const head = concatBytes([bytes(0x03, 0x03), random, sessionId, bytes(...CIPHER, 0x00)]);
  return message(0x02, head, u16(extensions.length), extensions);
}

/** The X25519 share of a ClientHello. */
function clientShare(hello: Uint8Array): KeyObject {
  const at = Buffer.from(hello).indexOf(Buffer.from([0x00, 0x1d, 0x00, 0x20]));
  const prefix = Buffer.from("302a300506032b656e032100", "hex");
  const key = Buffer.concat([prefix, hello.subarray(at + 4, at + 36)]);
  return createPublicKey({ key, type: "spki", format: "der" });
}

function hashOf(messages: readonly Uint8Array[]): Uint8Array {
  return createHash("sha256").update(concatBytes(messages)).digest();
}

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(data).digest();
}

/** HKDF-Expand-Label (RFC 8446, section 7.1). */
function expand(secret: Uint8Array, label: string, context: Uint8Array, length: number) {
  const name = Buffer.from(`tls13 ${label}`);
  const info = concatBytes([
    u16(length),
    bytes(name.length),
    name,
    bytes(context.length),
    context,
    bytes(1),
  ]);
  return hmac(secret, info).subarray(0, length);
}

/** The server's handshake traffic secret. */
function serverSecret(shared: Uint8Array, transcript: readonly Uint8Array[]): Uint8Array {
  const zeros = new Uint8Array(32);
  const derived = expand(hmac(zeros, zeros), "derived", hashOf([]), 32);
  return expand(hmac(derived, shared), "s hs traffic", hashOf(transcript), 32);
}

/** Encrypts the first record of a key. */
function encrypt(content: Uint8Array, secret: Uint8Array): Uint8Array {
  const key = expand(secret, "key", new Uint8Array(0), 16);
  const nonce = expand(secret, "iv", new Uint8Array(0), 12);
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  const header = concatBytes([bytes(0x17, 0x03, 0x03), u16(content.length + 17)]);
  cipher.setAAD(header);
  const encrypted = cipher.update(concatBytes([content, bytes(0x16)]));
  return concatBytes([header, encrypted, cipher.final(), cipher.getAuthTag()]);
}
