import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { type ForeignService, foreignServiceError } from "../../lib/stream/foreign_service.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { ByteSource } from "../helpers/byte_source.ts";
import { framesOf } from "../helpers/frames.ts";
import { bytesOf, rawFrame } from "../helpers/raw_peer.ts";

const ALERT = new Uint8Array([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x32]);
const HELLO = new Uint8Array([0x16, 0x03, 0x01, 0x00, 0xc8, 0x01, 0, 0, 0xc4, 0x03, 0x03, 1, 2]);
const MYSQL = bytesOf("\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0");

const SERVICES: Array<[what: string, greeting: Uint8Array | string, ForeignService]> = [
  ["OpenSSH", "SSH-2.0-OpenSSH_9.9\r\n", "ssh"],
  ["nginx", "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n", "http"],
  ["Python's http.server", '<!DOCTYPE HTML>\n<html lang="en">\n', "http"],
  ["Postfix", "220 mail.example ESMTP Postfix\r\n", "mail"],
  ["a busy mail server", "421 mail.example SMTP busy\r\n", "mail"],
  ["Dovecot's POP3", "+OK Dovecot ready.\r\n", "mail"],
  ["the shortest POP3", "+OK\r\n", "mail"],
  ["Dovecot's IMAP", "* OK [CAPABILITY IMAP4rev1] ready\r\n", "mail"],
  ["vsftpd", "220 (vsFTPd 3.0.5)\r\n", "ftp"],
  ["a service with a short greeting", "220 hi\r\n", "mail-or-ftp"],
  ["a service with a long greeting", "220-Welcome\r\n220 to us\r\n", "mail-or-ftp"],
  ["VNC", "RFB 003.008\n", "vnc"],
  ["Redis", "-ERR unknown command\r\n", "unknown"],
  ["MySQL", MYSQL, "unknown"],
];

/** What the bytes are taken for by a reader that gets them in any two parts, and then the end. */
async function readIn(bytes: Uint8Array): Promise<string | null> {
  const answers = new Set<string | null>();
  for (let at = 0; at < bytes.length; at++) {
    const reader = new FrameReader(
      ByteSource.of([bytes.subarray(0, at), bytes.subarray(at)]).stream,
    );
    await assertRejects(() => reader.read(), ProtocolError);
    // What is read with the rest of the greeting may tell more, but nothing else
    const error = foreignServiceError(reader.unframedBytes!, "casa:22");
    answers.add(error === null ? null : error.details["service"] ?? error.code);
  }
  if (answers.size > 1) answers.delete("unknown");
  return [...answers].toSorted().join(" ") || null;
}

for (const [what, greeting, service] of SERVICES) {
  Deno.test(`foreignServiceError: takes ${what} for ${service}`, () => {
    const error = foreignServiceError(bytesOf(greeting), "casa:22");
    assertEquals([error?.code, error?.address], ["other-service", "casa:22"]);
    assertEquals(error?.details["service"], service);
  });
}

Deno.test("FrameReader.unframedBytes: tells what speaks TLS, wherever its bytes are split", async () => {
  assertEquals(await readIn(ALERT), "tls-needed");
  assertEquals(await readIn(HELLO), "tls-needed");
  assertEquals(await readIn(ALERT.subarray(0, 2)), null);
  assertEquals(await readIn(bytesOf("SSH-2.0-x\r\n")), "ssh");
  assertEquals(await readIn(bytesOf("SSH-2.0-OpenSSH_9.9\r\n")), "ssh");
});

Deno.test("foreignServiceError: is null for frames, whole or not, and for a size that is too large", () => {
  const frames = [
    framesOf(["CHAT", "hi"]),
    framesOf(["CHAT", "hi"]).subarray(0, 9),
    framesOf(["FERR", "server full"]),
    rawFrame("CHAT", "", 2n ** 63n),
    rawFrame("XXXX", "", 2n ** 64n - 1n),
    rawFrame("\0\0\0\0", "", 5n),
    new Uint8Array(0),
    new Uint8Array(12),
    concatBytes([framesOf(["CHAT", "SSH-2.0-x"]), ALERT]),
  ];
  for (const bytes of frames) assertEquals(foreignServiceError(bytes, "casa:22"), null);
});

Deno.test("FrameReader.unframedBytes: is null after valid frames", async () => {
  const reader = new FrameReader(ByteSource.of([framesOf(["CHAT", "\x16\x03\x01"])]).stream);
  while (await reader.read() !== null);
  assertEquals(reader.unframedBytes, null);
});

Deno.test("foreignServiceError: looks at the first bytes of a long greeting alone", () => {
  const services = [-1, 0, 1].map((beyond) => {
    const padding = "x".repeat(LIMITS.greetingBytes + beyond - "220 FTP".length);
    return foreignServiceError(bytesOf(`220 ${padding}FTP`), "casa:22")?.details["service"];
  });
  assertEquals(services, ["ftp", "ftp", "mail-or-ftp"]);
});
