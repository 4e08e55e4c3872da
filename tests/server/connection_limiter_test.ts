import { assertEquals } from "@std/assert";
import { planCapacity } from "../../lib/server/admission/capacity.ts";
import { ConnectionLimiter } from "../../lib/server/admission/connection_limiter.ts";
import { newStats } from "../../lib/server/monitoring/stats.ts";
import type { ServerServices } from "../../lib/server/context/services.ts";
import type { Socket } from "../../lib/stream/socket.ts";
import { within } from "../helpers/deadline.ts";

/** A limiter that allows two clients of an address, and so eight of an IPv6 network. */
function limiter(refusals = 256): ConnectionLimiter {
  const settings = { maxPerAddress: 2, language: "en", onEvent: () => {} };
  const services = { settings, bans: { findAddress: () => null }, stats: newStats() };
  const capacity = { ...planCapacity({ maxClients: 100, maxWorkers: 1 }, null), refusals };
  return new ConnectionLimiter(services as unknown as ServerServices, capacity);
}

function isAdmitted(limiter: ConnectionLimiter, hostname: string): boolean {
  const remoteAddr = { transport: "tcp", hostname, port: 1 };
  return limiter.admit({ remoteAddr, close: () => {} } as unknown as Socket) === null;
}

Deno.test("ConnectionLimiter: limits an IPv6 network beside each of its addresses", () => {
  const admission = limiter();
  const admitted = Array.from({ length: 45 }, (_, i) => isAdmitted(admission, `2001:db8::${i}`));
  assertEquals(admitted.filter((each) => each).length, 8);
  assertEquals(isAdmitted(admission, "2001:db8:0:1::"), true);
  admission.release("2001:db8::0");
  assertEquals(isAdmitted(admission, "2001:db8::99"), true);
  assertEquals(isAdmitted(admission, "2001:db8::100"), false);
});

Deno.test("ConnectionLimiter: limits an IPv4 address alone", () => {
  const admission = limiter();
  const admitted = Array.from({ length: 20 }, (_, i) => isAdmitted(admission, `192.0.2.${i}`));
  assertEquals(admitted.every((each) => each), true);
  assertEquals([1, 1, 1].map(() => isAdmitted(admission, "198.51.100.1")), [true, true, false]);
});

Deno.test("ConnectionLimiter: tells each refused client why, however many there are", async () => {
  const admission = limiter(2);
  const sent: string[] = [];
  const closed: number[] = [];
  const refuse = (port: number) => {
    const end = Promise.withResolvers<null>();
    const socket = {
      remoteAddr: { transport: "tcp", hostname: "198.51.100.1", port },
      write: (bytes: Uint8Array) => {
        sent.push(new TextDecoder().decode(bytes.subarray(12)));
        return Promise.resolve(bytes.length);
      },
      closeWrite: () => Promise.resolve(),
      read: () => end.promise, // The peer does not leave
      close: () => {
        if (!closed.includes(port)) closed.push(port);
        end.resolve(null);
      },
    };
    return admission.admit(socket as unknown as Socket);
  };
  for (const port of [1, 2]) assertEquals(refuse(port), null);
  const refusals: ReturnType<typeof refuse>[] = [];
  for (const port of [3, 4, 5]) {
    refusals.push(refuse(port));
    await admission.refusalRoom();
  }
  assertEquals(sent, Array(3).fill("This address has too many connections"));
  assertEquals(closed, [3, 4]); // The oldest make room
  await Promise.all(refusals);
  assertEquals(closed, [3, 4, 5]);
});

Deno.test("ConnectionLimiter.refusalRoom: ends the oldest of peers that hold up its reason", async () => {
  const admission = limiter(2);
  const closed: number[] = [];
  const ends: (() => void)[] = [];
  const refuse = (port: number) => {
    const { promise, reject } = Promise.withResolvers<number>();
    ends.push(() => reject(new Error("closed")));
    const remoteAddr = { transport: "tcp", hostname: "198.51.100.1", port };
    const close = () => {
      if (!closed.includes(port)) closed.push(port);
      reject(new Error("closed"));
    };
    return admission.admit({ remoteAddr, close, write: () => promise } as unknown as Socket);
  };
  const refusals = [1, 2, 3, 4].map(refuse);
  await within(admission.refusalRoom(), "room");
  assertEquals(closed, [3]);
  for (const end of ends.slice(2)) end(); // The first two are admitted
  await Promise.all(refusals);
  assertEquals(closed, [3, 4]);
});
