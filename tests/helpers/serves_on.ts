import { assert, assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "./bytes.ts";
import { DEADLINE_MS } from "./deadline.ts";
import { OriginalClient } from "./original_client.ts";
import type { TestServer } from "./servers.ts";

/** Checks that a server still serves new clients after abuse: chat and a file. */
export async function assertServesOn(server: TestServer): Promise<void> {
  const content = patternedBytes(100_000, 9);
  server.root.write("still-here.bin", content);
  await assertPortServesOn(server.port, "still-here.bin", content);
}

/** Like {@link assertServesOn} for a server of another process, which serves the given file. */
export async function assertPortServesOn(
  port: number,
  name: string,
  content: Uint8Array,
): Promise<void> {
  await using client = await OriginalClient.connect(port);
  await using listener = await OriginalClient.connect(port);
  const download = await client.download(name);
  assert(download.verified);
  assertEquals(sha256Of(download.bytes), sha256Of(content));
  // The listener's message proves that it has entered the chat
  await listener.say("I am listening");
  while (!client.shown.some((text) => text.endsWith("]: I am listening"))) {
    await client.waitForMoreChat();
  }
  await client.say("still here?");
  while (!listener.shown.some((text) => text.endsWith("]: still here?"))) {
    await listener.waitForMoreChat();
  }
}

/** Resolves once `holds` is true, for conditions without an event. */
export async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const giveUpMs = performance.now() + DEADLINE_MS;
  while (!await holds()) {
    if (performance.now() > giveUpMs) throw new Error(`Waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Resolves once no client is connected and nothing is under way. */
export async function assertAllGone(server: TestServer): Promise<void> {
  const connected = server.eventsOf("connected");
  for (const { client } of connected) {
    await server.waitFor("disconnected", (event) => event.client === client);
  }
  assertEquals(server.server.clients.length, 0);
  // Background indexing has no event
  await until(() => server.server.gauges(0).workersBusy === 0, "the workers to be idle");
}
