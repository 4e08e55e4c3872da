import { assert, assertEquals } from "@std/assert";
import { AbusedServer, logIn, SETTINGS } from "../helpers/abused_server.ts";
import { type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";

/** How many frames a flood has: far more than may be under way. */
const FLOOD = 3_000;

/** A frame of a flood, given how many came before it. */
const FLOODS: Record<string, (index: number) => Uint8Array> = {
  HELO: () => jsonFrame("HELO", { protocol: 2, agent: "again" }),
  LIST: (index) => jsonFrame("LIST", { id: index + 1, path: "", recursive: true }),
  STAT: (index) => jsonFrame("STAT", { id: index + 1, path: `${index % 2 ? "a.txt" : "no.txt"}` }),
  XXXX: (index) => jsonFrame("XXXX", { id: index + 1, path: "a.txt" }),
};

/** What one frame of a flood may be answered with: a type and a code. */
function allowed(type: string, isIn: boolean): string[] {
  if (type === "HELO") return ["FAIL bad-request"];
  if (!isIn) return ["FAIL unauthenticated"];
  if (type === "LIST") return ["DONE undefined"];
  return type === "STAT" ? ["DONE undefined", "FAIL not-found"] : ["FAIL unsupported"];
}

/** Sends a whole flood, while it reads all the answers. */
async function flood(peer: Protocol2Peer, frameOf: (index: number) => Uint8Array): Promise<Json[]> {
  const answers: Json[] = [];
  const sending = (async () => {
    for (let i = 0; i < FLOOD; i++) await peer.raw.send(frameOf(i));
  })();
  while (answers.length < FLOOD) {
    const message = await peer.read();
    if (message === null) throw new Error(`The server hung up after ${answers.length} answers`);
    answers.push({ ...message.json, frame: message.type });
  }
  await sending;
  return answers;
}

for (const [where, setting] of Object.entries(SETTINGS)) {
  for (const [type, frameOf] of Object.entries(FLOODS)) {
    Deno.test(`a flood of ${type} is answered frame by frame, ${where}`, async () => {
      await using abused = await AbusedServer.start(setting, {}, { "a.txt": "a" });
      using peer = await abused.greet();
      const answers = await flood(peer, frameOf);
      const kinds = new Set(answers.map((answer) => `${answer.frame} ${answer.code}`));
      const expected = new Set(allowed(type, !setting.accounts));
      assertEquals(kinds, expected);
      if (type !== "HELO") assertEquals(new Set(answers.map(({ id }) => id)).size, FLOOD);
      await peer.assertLives();
      if (setting.accounts) await logIn(peer);
      await peer.quit();
      await abused.assertServesOn();
      await abused.assertNothingLeft();
    });
  }

  Deno.test(`a flood of AUTH ends after five failures, each answered alike, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    using witness = await abused.connectAndLogIn();
    const nonsense = ["", "x", "bm9uc2Vuc2U=", btoa("n,,n=alice,r="), "p".repeat(60_000)];
    for (let round = 0; round < nonsense.length; round++) {
      using peer = await abused.greet();
      const data = nonsense[round % nonsense.length]!;
      for (let failures = 0; failures < 5; failures++) {
        assertEquals(
          await peer.refusal("AUTH", { mechanism: "SCRAM-SHA-256", data }),
          "auth-failed",
        );
      }
      assertEquals(await peer.readToEnd(), []);
      peer.raw.close();
    }
    // Logins of others, from the same address, go well: nobody's password was tried
    using other = await abused.greet();
    await logIn(other);
    await other.quit();
    await witness.quit();
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`AUTH that is sent ahead without end ends the connection, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    const first = btoa("n,,n=alice,r=abcdefghij");
    for (const data of [first, "no base64"]) {
      using peer = await abused.greet();
      for (let id = 1; id <= 1_000; id++) {
        await peer.send("AUTH", { id, mechanism: "SCRAM-SHA-256", data }).catch(() => {});
      }
      await peer.raw.ended();
      peer.raw.close();
    }
    assertEquals(abused.server.eventsOf("login"), []);
    for (const client of [1, 2]) {
      const { reason } = await abused.server.waitFor("disconnected", (e) => e.client === client);
      assert(["unauthenticated", "lost"].includes(reason), reason);
    }
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`a login that another one takes the place of is answered, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    using peer = await abused.greet();
    const data = btoa("n,,n=alice,r=abcdefghij");
    const begin = () => peer.ask("AUTH", { mechanism: "SCRAM-SHA-256", data });
    const former = await begin();
    await peer.expect("AUTH");
    await begin();
    assertEquals(await peer.fail(former), "auth-failed");
    const given = await peer.expect("AUTH");
    await peer.send("FCAN", { id: given.id });
    assertEquals(await peer.fail(Number(given.id)), "cancelled");
    await peer.send("FCAN", { id: given.id }); // It is not under way any more
    await logIn(peer);
    await peer.quit();
    await abused.assertNothingLeft();
  });
}
