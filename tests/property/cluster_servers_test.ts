import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { anyServer, LAST, LogServers, troubled } from "../helpers/log_servers.ts";

const ROOMS = ["a", "b"] as const;

/** A client of a server says something. */
interface Saying {
  readonly kind: "say";
  readonly server: number;
  readonly room: string;
}

const steps = troubled<Saying>(fc.record({
  kind: fc.constant("say"),
  server: anyServer,
  room: fc.constantFrom(...ROOMS),
}));

/** What a client got DONE for. */
interface Acknowledged {
  readonly room: string;
  readonly text: string;
  readonly seq: number;
}

Deno.test("EngineLog: servers that are cut off, killed and declared gone lose nothing that was acknowledged, and hold the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), steps, async (seed, taken) => {
      await using servers = new LogServers(seed);
      const acknowledged: Acknowledged[] = [];
      const said = new Set<string>();
      const say = ({ server, room }: Saying) => {
        const text = `${said.size}`;
        said.add(text);
        const draft = { event: "message", from: "ana", text, time: 0 } as const;
        servers.logOf(server).append({ kind: "say", room, draft })
          .then(({ seq }) => acknowledged.push({ room, text, seq }), () => {});
      };
      for (const step of taken) {
        if (step.kind === "say") say(step);
        else await servers.trouble(step);
      }
      await servers.settle();
      const [first, ...others] = servers.replicas;
      for (const other of others) assertEquals(other.rows(), first!.rows());
      const messages = first!.database.prepare("SELECT room, seq, event FROM messages").all()
        .map(({ room, seq, event }) => ({ room, seq, text: JSON.parse(String(event)).text }));
      for (const { room, seq, text } of acknowledged) {
        assertEquals(messages.find((each) => each.text === text), { room, seq, text });
      }
      for (const room of ROOMS) {
        const seqs = messages.filter((each) => each.room === room).map(({ seq }) => seq);
        assertEquals(seqs, seqs.map((_, i) => i + 1));
      }
      const texts = messages.map(({ text }) => text).filter((text) => text !== LAST.text);
      assertEquals(new Set(texts).size, texts.length);
      assert(texts.every((text) => said.has(text)));
    }),
    { numRuns: 60 },
  );
});
