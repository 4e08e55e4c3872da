import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeServices, encodeQuestion } from "../../lib/discovery/mdns_packet.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { isClean } from "../../lib/protocol/text.ts";
import { answerPacket, rawAnswer, serverAfter } from "../helpers/mdns_packets.ts";

const POINTER_TO_ITSELF = [0xc0, 12];

function padded(packet: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(packet);
  return whole;
}

Deno.test("encodeQuestion: asks for the service, by unicast where that is wanted", () => {
  const [qm, qu] = [encodeQuestion(false), encodeQuestion(true)];
  assertEquals([...qm.subarray(-4)], [0, 12, 0, 1]);
  assertEquals([...qu.subarray(-4)], [0, 12, 0x80, 1]);
  assert(new TextDecoder("latin1").decode(qm).includes("_tcp-chat\x04_tcp\x05local\0"));
});

Deno.test("decodeServices: reads a server with its port, text and addresses", () => {
  const [service] = decodeServices(answerPacket({ port: 6000, text: ["v=1", "name=ação"] }));
  assertEquals(service?.instance, "tcp-chat-1._tcp-chat._tcp.local");
  assertEquals(service?.port, 6000);
  assertEquals(service?.text.name as string, "ação");
  assertEquals(service?.addresses, ["192.168.0.10"]);
});

Deno.test("decodeServices: skips questions, goodbyes, other services and servers without a port", () => {
  assertEquals(decodeServices(encodeQuestion(true)), []);
  const question = answerPacket();
  question[2] = 0; // A question may bring records along (RFC 6762, section 7.1)
  assertEquals(decodeServices(question), []);
  assertEquals(decodeServices(answerPacket({ ttl: 0 })), []);
  assertEquals(decodeServices(answerPacket({ port: 0 })), []);
  assertEquals(decodeServices(answerPacket({ text: ["v=9"] })), []);
  const other = new TextDecoder("latin1").decode(answerPacket()).replaceAll(
    "_tcp-chat",
    "_tcp-chit",
  );
  assertEquals(decodeServices(Uint8Array.from(other, (letter) => letter.charCodeAt(0))), []);
});

Deno.test("decodeServices: reads a packet of 9,000 bytes, and none that is longer", () => {
  const length = LIMITS.discoveryPacketBytes;
  assertEquals(decodeServices(padded(answerPacket(), length - 1)).length, 1);
  assertEquals(decodeServices(padded(answerPacket(), length)).length, 1);
  assertEquals(decodeServices(padded(answerPacket(), length + 1)), []);
});

Deno.test("decodeServices: looks at 64 records of a packet", () => {
  const limit = LIMITS.discoveryRecords;
  assertEquals(decodeServices(serverAfter(limit - 3)).length, 1);
  assertEquals(decodeServices(serverAfter(limit - 2)).length, 1);
  assertEquals(decodeServices(serverAfter(limit - 1)), []);
});

Deno.test("decodeServices: ends at names that lead to themselves, and at records that are not there", () => {
  assertEquals(decodeServices(rawAnswer(1, ...POINTER_TO_ITSELF, 0, 1, 0, 1)), []);
  assertEquals(decodeServices(rawAnswer(1, 0xc0, 14, 0xc0, 12, 0, 1, 0, 1)), []);
  assertEquals(decodeServices(rawAnswer(10_000)), []);
  const claims = answerPacket();
  claims.set([0x27, 0x10], 6); // 10,000 answers
  assertEquals(decodeServices(claims).length, 1);
});

Deno.test("decodeServices: reads nothing of a packet cut within its server", () => {
  const packet = answerPacket();
  const textEnd = packet.length - "\x0atcp-chat-1\x05local\0".length - 14; // The address is last
  for (let end = 0; end < textEnd; end++) {
    assertEquals(decodeServices(packet.subarray(0, end)), [], `${end} bytes`);
  }
  assertEquals(decodeServices(packet.subarray(0, textEnd))[0]?.addresses, []);
});

Deno.test("decodeServices: never throws, and what it finds is bounded and clean", () => {
  const packets = fc.oneof(
    fc.uint8Array({ maxLength: LIMITS.discoveryPacketBytes + 1 }),
    fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 12 }).map((changes) => {
      const packet = answerPacket({ text: ["v=1", "name=\x1b]0;x\x07", "login=1"] });
      for (const [at, byte] of changes) packet[at % packet.length] = byte;
      return packet;
    }),
  );
  fc.assert(
    fc.property(packets, (packet) => {
      const services = decodeServices(packet);
      assert(services.length <= LIMITS.discoveryRecords);
      for (const { port, text } of services) {
        assert(port > 0 && port < 65_536 && isClean(text.name));
      }
    }),
    { numRuns: 2_000 },
  );
});
