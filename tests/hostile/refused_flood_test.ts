/** Refused clients learn why, also those of a flood. */
import { assertEquals } from "@std/assert";
import { startServer } from "../helpers/servers.ts";
import { rawFrame, RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startWebServer } from "../helpers/web.ts";

/** More than the server refuses at a time. */
const PEERS = 600;
const OPTIONS = { maxClients: 1 };
const HELLO = rawFrame("HELO", `{"versions":[2],"pad":"${"x".repeat(2_000)}"}`);

/** What a refused peer gets: the text, and how its connection ends. */
async function refusedPeer(port: number, sent: Uint8Array | null): Promise<string> {
  using peer = await RawPeer.connect(port);
  if (sent !== null) await peer.send(sent).catch(() => {});
  try {
    const frame = await peer.readFrame();
    const told = frame === null ? "nothing" : textOf(frame);
    const end = await peer.readFrame().then(() => "end", () => "reset");
    return `${told}, ${end}`;
  } catch (error) {
    return `reset: ${(error as Error).name}`;
  }
}

const PROTOCOLS = {
  "frames": () => startServer(OPTIONS),
  "HTTP, too": () => startWebServer(OPTIONS),
};

for (const [protocols, start] of Object.entries(PROTOCOLS)) {
  for (const [kind, sent] of [["speaks at once", HELLO], ["is silent", null]] as const) {
    Deno.test(`refused flood: each peer that ${kind} reads why, from a server of ${protocols}`, async () => {
      await using server = await start();
      using _inside = await server.connect();
      await server.waitFor("connected");
      const peers = Array.from({ length: PEERS }, () => refusedPeer(server.port, sent));
      const counts = Object.groupBy(await Promise.all(peers), (told) => told);
      const told = Object.entries(counts).map(([text, peers]) => [text, peers?.length]);
      assertEquals(told, [["server full, end", PEERS]]);
    });
  }
}
