import { assert, assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";
import { jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { writeZeros } from "../helpers/zero_file.ts";

/** The limit of unanswered requests. */
const UNANSWERED = 64;
const MIB = 1024 * 1024;

/** A client with `requests` pending downloads that does not read the first. */
async function askAhead(abused: AbusedServer, requests: number): Promise<Protocol2Peer> {
  writeZeros(abused.server.root.join("big.bin"), 64 * MIB);
  abused.server.root.write("small.txt", "small");
  const peer = await abused.connectAndLogIn();
  await peer.send("FGET", { id: 1, path: "big.bin" });
  await peer.expect("FMET");
  await peer.raw.expect("FDAT"); // The client stops reading here
  const ids = Array.from({ length: requests - 1 }, (_, i) => i + 2);
  await peer.raw.send(...ids.map((id) => jsonFrame("FGET", { id, path: "small.txt" })));
  return peer;
}

for (const where of ["without TLS, for all", "under TLS, for accounts"]) {
  Deno.test(`pending requests: the server delays the request behind 64 unanswered requests, ${where}`, async () => {
    await using abused = await AbusedServer.start(SETTINGS[where]!);
    const { server } = abused;
    using peer = await askAhead(abused, UNANSWERED);
    // The server reads neither these requests nor FCAN, which needs no answer
    const late = UNANSWERED + 1;
    await peer.raw.send(
      jsonFrame("MKDR", { id: late, path: "late" }),
      jsonFrame("MKDR", { id: late + 1, path: "later" }),
      jsonFrame("FCAN", { id: 1 }),
    );
    await abused.assertServesOn(); // Other clients do not wait; their requests arrive later
    assertEquals(server.root.list().filter((name) => name.startsWith("late")), []);

    const answered: number[] = [];
    while (answered.length < UNANSWERED + 2) {
      const message = await peer.read();
      if (message?.type === "FMET" || message?.type === "FDAT") continue;
      assert(message?.type === "FEND" || message?.type === "DONE", message?.type);
      answered.push(Number(message.json.id));
    }
    const expected = Array.from({ length: UNANSWERED + 2 }, (_, i) => i + 1);
    assertEquals(answered.toSorted((a, b) => a - b), expected);
    const files = answered.filter((id) => id <= UNANSWERED);
    assertEquals(files, expected.slice(0, UNANSWERED));
    assertEquals(server.root.list().filter((name) => name.startsWith("late")), ["late", "later"]);
    await peer.assertLives();
    await peer.quit();
    await abused.assertNothingLeft();
  });

  Deno.test(`pending requests: the server reads FCAN for all 64 unanswered requests, ${where}`, async () => {
    await using abused = await AbusedServer.start(SETTINGS[where]!);
    using peer = await askAhead(abused, UNANSWERED);
    const ids = Array.from({ length: UNANSWERED }, (_, i) => UNANSWERED - i);
    await peer.raw.send(...ids.map((id) => jsonFrame("FCAN", { id })));
    const codes = new Map<unknown, unknown>();
    while (codes.size < UNANSWERED) {
      const message = await peer.read();
      if (message?.type === "FAIL") codes.set(message.json.id, message.json.code);
      else assertEquals(message?.type, "FDAT"); // Sent before FCAN arrived
    }
    assertEquals([...new Set(codes.values())], ["cancelled"]);
    await peer.assertLives();
    await peer.quit();
    await abused.assertNothingLeft();
  });

  Deno.test(`pending requests: the server drops all 65 requests of a client that vanishes, ${where}`, async () => {
    await using abused = await AbusedServer.start(SETTINGS[where]!);
    using peer = await askAhead(abused, UNANSWERED + 1);
    peer.raw.close();
    await abused.server.waitFor("disconnected");
    await abused.assertServesOn();
    await abused.assertNothingLeft();
    const paths = abused.server.eventsOf("download").map(({ path }) => path);
    assertEquals(paths, ["still-here.bin"]);
  });
}

for (const vanishes of [true, false]) {
  const what = vanishes ? "vanishes" : "falls silent";
  Deno.test(`pending requests: the server closes a client that ${what} behind 64 uploads without data`, async () => {
    // The server reads nothing more of the client: only the keep-alive notices its end
    const limits = { pingAfterMs: 500, silenceMs: 1_500 };
    await using abused = await AbusedServer.start(SETTINGS["without TLS, for all"]!, { limits });
    const { root } = abused.server;
    using peer = await abused.connectAndLogIn();
    await peer.ask("FPUT", { path: "first.txt", size: 5 });
    await peer.expect("REDY");
    for (let i = 2; i <= UNANSWERED; i++) {
      await peer.ask("FPUT", { path: `${i}.txt`, size: 1, key: "k" });
    }
    await peer.ask("MKDR", { path: "late" });
    using other = await abused.connectAndLogIn();
    for (const path of ["1", "2", "3"]) await other.request("MKDR", { path });
    await other.quit();
    assert(!root.list().includes("late"), "the server executed the request beyond the limit");
    if (vanishes) peer.raw.close();
    const { reason } = await abused.server.waitFor("disconnected", ({ client }) => client === 1);
    assert(vanishes || reason === "silent", reason);
    peer.raw.close();
    await abused.assertServesOn();
    await abused.assertNothingLeft();
    assertEquals(root.list().filter((name) => name.endsWith(".txt")), []);
  });
}
