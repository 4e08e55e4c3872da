import { assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";
import { within } from "../helpers/deadline.ts";
import type { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

/** The state of a peer when the server stops. */
const STATES: Record<string, (peer: Protocol2Peer, abused: AbusedServer) => Promise<void> | void> =
  {
    "has quit": (peer) => peer.quit(),
    "has quit, and stays connected": async (peer) => {
      await peer.raw.sendFrame("QUIT");
      await peer.readToEnd();
    },
    "has broken the protocol": async (peer) => {
      await peer.raw.send(rawFrame("LIST", "", 65_537n));
      assertEquals(await peer.failsAndEnds(), "too-large");
    },
    "has broken the protocol, and stays connected": async (peer) => {
      await peer.raw.send(rawFrame("LIST", "", 65_537n));
      assertEquals(await peer.fail(null), "too-large");
    },
    "has sent half a frame": (peer) => peer.raw.send(rawFrame("LIST", "x").subarray(0, 5)),
    "is being kicked": (_peer, { server: { server } }) => {
      assertEquals(server.kick(server.clients[0]!.nick, "go") !== null, true);
    },
    "is in the middle of an upload": async (peer) => {
      await peer.ask("FPUT", { path: "a.bin", size: 1_000_000 });
      await peer.expect("REDY");
      await peer.raw.sendFrame("FDAT", "the beginning");
      peer.raw.close();
    },
  };

for (const where of ["without TLS, for all", "under TLS, for accounts"]) {
  for (const [what, act] of Object.entries(STATES)) {
    Deno.test(`stopping server: stops in time when a peer ${what}, ${where}`, async () => {
      const abused = await AbusedServer.start(SETTINGS[where]!);
      using peer = await abused.connectAndLogIn();
      await act(peer, abused);
      const { server } = abused;
      await within(abused[Symbol.asyncDispose](), "the server to stop");
      assertEquals(server.eventsOf("disconnected").length, 1);
      assertEquals(server.eventsOf("stopped").length, 1);
      assertEquals(server.eventsOf("error"), []);
    });
  }
}
