import { assert, assertEquals } from "@std/assert";
import { AbusedServer, logIn, SETTINGS } from "../helpers/abused_server.ts";
import { type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";

/** The frames of a flood, far above the limit of pending requests. */
const FLOOD = 3_000;

/** The floods: a function from the index to the frame. */
const FLOODS: Record<string, (index: number) => Uint8Array> = {
  HELO: () => jsonFrame("HELO", { protocol: 2, agent: "again" }),
  LIST: (index) => jsonFrame("LIST", { id: index + 1, path: "", recursive: true }),
  STAT: (index) => jsonFrame("STAT", { id: index + 1, path: `${index % 2 ? "a.txt" : "no.txt"}` }),
  XXXX: (index) => jsonFrame("XXXX", { id: index + 1, path: "a.txt" }),
};

/** The possible answers to a frame of a flood: type and code. */
function allowed(type: string, isIn: boolean): string[] {
  if (type === "HELO") return ["FAIL bad-request"];
  if (!isIn) return ["FAIL unauthenticated"];
  if (type === "LIST") return ["DONE undefined"];
  return type === "STAT" ? ["DONE undefined", "FAIL not-found"] : ["FAIL unsupported"];
}

/** Sends a flood, and reads all answers meanwhile. */
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
    Deno.test(`protocol 2 flood: the server answers every ${type} of a flood, ${where}`, async () => {
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

  Deno.test(`protocol 2 flood: the server closes after five failed AUTH, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    using observer = await abused.connectAndLogIn();
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
    // Other logins from the same address succeed: no AUTH got as far as a password
    using other = await abused.greet();
    await logIn(other);
    await other.quit();
    await observer.quit();
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`protocol 2 flood: the server closes on AUTH that does not wait for answers, ${where}`, async () => {
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

  Deno.test(`protocol 2 flood: the server answers a login that a second AUTH replaces, ${where}`, async () => {
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
    await peer.send("FCAN", { id: given.id }); // The login is no longer pending
    await logIn(peer);
    await peer.quit();
    await abused.assertNothingLeft();
  });
}
