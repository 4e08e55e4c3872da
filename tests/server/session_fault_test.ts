import { assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";

const MAX_PER_ADDRESS = 2;

for (const where of ["without TLS, for all", "under TLS, for all"]) {
  Deno.test(`server: closes a connection whose session cannot be made, gives its place back, and serves on, ${where}`, async () => {
    let isFaulty = false;
    const limits = {
      // Read by the constructor of a session
      get outboundBytes() {
        if (isFaulty) throw new Error("a fault of the server");
        return 1_000_000;
      },
    };
    const options = { limits, maxPerAddress: MAX_PER_ADDRESS };
    await using abused = await AbusedServer.start(SETTINGS[where]!, options);
    const { server } = abused;
    using before = await abused.greet();

    isFaulty = true;
    for (let i = 0; i < 3 * MAX_PER_ADDRESS; i++) {
      using peer = await abused.connect();
      await peer.ended();
    }
    assertEquals(server.eventsOf("error").map(({ message }) => message), ["a fault of the server"]);
    assertEquals(server.eventsOf("refused"), []);
    assertEquals(server.server.clients.length, 1);
    await before.assertLives();

    isFaulty = false;
    using after = await abused.greet();
    await after.request("LIST", { path: "" });
    await after.quit();
    await before.quit();
  });
}
