import { assertEquals } from "@std/assert";
import { planCapacity } from "../../lib/server/admission/capacity.ts";
import { ConnectionLimiter } from "../../lib/server/admission/connection_limiter.ts";
import { newStats } from "../../lib/server/monitoring/stats.ts";
import type { ServerServices } from "../../lib/server/context/services.ts";
import type { Socket } from "../../lib/stream/socket.ts";

/** A limiter that allows two clients of an address, and so eight of an IPv6 network. */
function limiter(): ConnectionLimiter {
  const settings = { maxPerAddress: 2, language: "en", onEvent: () => {} };
  const services = { settings, bans: { findAddress: () => null }, stats: newStats() };
  const capacity = planCapacity({ maxClients: 100, maxWorkers: 1 }, null);
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
