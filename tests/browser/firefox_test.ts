import { assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { Firefox, type FirefoxPage } from "../helpers/firefox.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { startWebServer } from "../helpers/web.ts";

const BYTES = patternedBytes(12 * 1024 * 1024);

const has = (text: string) => `document.body.innerText.includes(${JSON.stringify(text)})`;

/** Whether a transfer of this name and direction is verified. */
const isVerified = (name: string) =>
  `[...document.querySelectorAll('[aria-label="Transfers"] li')].some(({ innerText }) =>
    innerText.includes(${JSON.stringify(name)}) && /verified/i.test(innerText))`;

async function openPage(firefox: Firefox, port: number): Promise<FirefoxPage> {
  const page = await firefox.open(`http://127.0.0.1:${port}/`);
  await page.until(has("Connected"));
  return page;
}

Deno.test("page in Firefox: connects, talks, and sends and gets verified files", async () => {
  using local = new TempDir();
  const path = local.write("up.bin", BYTES);
  await using server = await startWebServer({ uploads: true }, { "down.bin": BYTES });
  using ana = await Protocol2Peer.connect(server.port);
  await ana.request("NICK", { nick: "ana" });
  await using firefox = await Firefox.start();
  const page = await openPage(firefox, server.port);

  await ana.request("SEND", { room: "lobby", text: "hello Firefox" });
  await page.until(has("hello Firefox"));
  await page.evaluate(`document.querySelector('[aria-label="Message"]').focus()`);
  await page.type("hello ana\uE007");
  await ana.event(({ event, text }) => event === "message" && text === "hello ana");

  await page.setFiles(`document.querySelector('[aria-label="Choose files"]')`, [path]);
  await server.waitFor("upload", ({ path }) => path === "up.bin");
  await page.until(isVerified("up.bin"));
  assertEquals(sha256Of(Deno.readFileSync(server.root.join("up.bin"))), sha256Of(BYTES));

  await page.until(has("down.bin"));
  await page.evaluate(`[...document.querySelectorAll('[role="row"]')]
    .find(({ innerText }) => innerText.includes("down.bin"))
    .querySelector(".quiet-button").click()`);
  await page.until(isVerified("down.bin"));
  assertEquals(sha256Of(await firefox.saved("down.bin", BYTES.length)), sha256Of(BYTES));
});
