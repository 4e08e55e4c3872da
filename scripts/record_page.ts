/// <reference lib="dom" />
/**
 * Makes the pictures of the page for the READMEs, `docs/images/page*.png`: starts a server, lets
 * others talk and send files, and photographs the page in Chromium. Needs `/usr/bin/chromium`.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Client, connect } from "../mod.ts";
import { serveWithPage } from "../lib/server/serve.ts";
import type { Server } from "../lib/server/server.ts";
import { webPage } from "../lib/web/web_page.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const CHROMIUM = "/usr/bin/chromium";
const MEGABYTE = 1_000_000;
const HOUR_MS = 3_600_000;

/** Folders, and files with their sizes in bytes and their ages in hours. */
const FILES: readonly (readonly [path: string, size: number | null, age: number])[] = [
  ["music", null, 900],
  ["photos", null, 30],
  ["plans", null, 28],
  ["camera-test.mov", 1_288 * MEGABYTE, 51],
  ["debian-13.2.0-netinst.iso", 784 * MEGABYTE, 340],
  ["family-tree.svg", 184_320, 5200],
  ["invoice-11.pdf", 91_204, 3],
  ["novel-draft-7.odt", 1_204_224, 1],
  ["recipes.txt", 12_288, 100],
];

/** What is said in a picture, in the language of its README. */
interface Scene {
  readonly locale: string;
  readonly suffix: string;
  readonly words: Readonly<
    Record<"ask" | "moment" | "offer" | "thanks" | "list" | "bread", string>
  >;
  readonly files: Readonly<Record<"photos" | "list", string>>;
  /** The tab of the files on a phone. */
  readonly tab: string;
  readonly message: string;
  readonly get: string;
  readonly connected: string;
  readonly verified: string;
  readonly chooseFiles: string;
}

const SCENES: readonly Scene[] = [
  {
    locale: "en-GB",
    suffix: "",
    words: {
      ask: "Good afternoon! Does anyone have the photos of Sunday?",
      moment: "One moment, they are on the camera.",
      offer: "Everything, unsorted. The good ones are at the end.",
      thanks: "Got it, and it was verified 👍",
      list: "Here is the list of who brings what.",
      bread: "I bring the bread.",
    },
    files: { photos: "sunday-lake.zip", list: "who-brings-what.md" },
    tab: "Files",
    message: "Message",
    get: "Get",
    connected: "Connected",
    verified: "verified",
    chooseFiles: "Choose files",
  },
  {
    locale: "pt-BR",
    suffix: ".pt-BR",
    words: {
      ask: "Boa tarde! Alguém tem as fotos de domingo?",
      moment: "Um momento, estão na câmera.",
      offer: "Todas, sem ordem. As boas estão no fim.",
      thanks: "Recebi, e foi verificado 👍",
      list: "Aqui está a lista de quem leva o quê.",
      bread: "Eu levo o pão.",
    },
    files: { photos: "domingo-no-lago.zip", list: "quem-leva-o-que.md" },
    tab: "Arquivos",
    message: "Mensagem",
    get: "Baixar",
    connected: "Conectado",
    verified: "verificado",
    chooseFiles: "Escolher arquivos",
  },
];

/** Plays a scene, and takes its pictures. */
async function record(scene: Scene, browser: Browser): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "tcp-chat-page-" });
  try {
    await makeFiles(join(home, "files"));
    await using server = await start(home);
    await using bruno = await enter(server, "bruno");
    await using carla = await enter(server, "carla");
    const { page, close } = await open(browser, server, scene, { width: 1280, height: 800 });
    await play(scene, page, { bruno, carla }, home);
    await shoot(page, `page${scene.suffix}.png`);
    await close();
    const phone = await open(browser, server, scene, { width: 390, height: 780 });
    await phone.page.getByRole("tab", { name: scene.tab }).click();
    await phone.page.getByText("recipes.txt").waitFor();
    await shoot(phone.page, `page-phone${scene.suffix}.png`);
    await phone.close();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function makeFiles(root: string): Promise<void> {
  await Deno.mkdir(root);
  for (const [path, size, age] of FILES) {
    const place = join(root, path);
    if (size === null) await Deno.mkdir(place);
    else {
      await Deno.writeFile(place, new Uint8Array());
      await Deno.truncate(place, size);
    }
    const time = new Date(Date.now() - age * HOUR_MS);
    await Deno.utime(place, time, time);
  }
}

function start(home: string): Promise<Server> {
  return serveWithPage({
    port: 0,
    hostname: "127.0.0.1",
    root: join(home, "files"),
    dataDirectory: join(home, "data"),
    uploads: true,
  }, webPage({ name: "casa" }));
}

/** A client in the lobby. */
async function enter({ port }: Server, nick: string): Promise<Client> {
  const client = await connect({ hostname: "127.0.0.1", port });
  await client.chat.setNick(nick);
  return client;
}

/** Opens the page as a guest; a phone is dark. */
async function open(
  browser: Browser,
  { port }: Server,
  { locale, connected }: Scene,
  viewport: { readonly width: number; readonly height: number },
): Promise<{ page: Page; close: () => Promise<void> }> {
  const isPhone = viewport.width < 640;
  const context = await browser.newContext({
    locale,
    viewport,
    deviceScaleFactor: 1.5,
    colorScheme: isPhone ? "dark" : "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.getByRole("status").filter({ hasText: connected }).waitFor();
  return { page, close: () => context.close() };
}

/** The talk of the picture; each step is seen before the next. */
async function play(
  { words, files, message, get, verified, chooseFiles }: Scene,
  page: Page,
  { bruno, carla }: { readonly bruno: Client; readonly carla: Client },
  home: string,
): Promise<void> {
  const log = page.getByRole("log");
  const seen = (text: string) => log.getByText(text).waitFor();
  await page.locator(".nick-form input").fill("ana");
  await page.keyboard.press("Enter");
  await page.locator(".self").getByText("ana").waitFor();
  await say(carla, words.ask, seen);
  await say(bruno, words.moment, seen);
  await offer(bruno, join(home, files.photos), 24 * MEGABYTE);
  await seen(files.photos);
  await say(bruno, words.offer, seen);
  await log.getByRole("button", { name: get }).click();
  await page.getByRole("listitem").getByText(verified).first().waitFor();
  await say(carla, words.thanks, seen);
  await page.getByRole("textbox", { name: message }).fill(words.list);
  await page.keyboard.press("Enter");
  await seen(words.list);
  await offer(bruno, join(home, files.list), 2_418);
  await seen(files.list);
  const scans = join(home, "scans.tar");
  await writeFile(scans, 8 * MEGABYTE);
  await page.getByLabel(chooseFiles).setInputFiles(scans);
  await page.getByRole("listitem").filter({ hasText: "scans.tar" }).getByText(verified).waitFor();
  await page.getByRole("row").filter({ hasText: "scans.tar" }).waitFor();
  await say(carla, words.bread, seen);
}

async function say(client: Client, text: string, seen: (text: string) => Promise<void>) {
  await client.chat.say(text);
  await seen(text);
}

async function offer(client: Client, file: string, size: number): Promise<void> {
  await writeFile(file, size);
  await client.upload(file, { room: "lobby" });
}

async function writeFile(file: string, size: number): Promise<void> {
  await Deno.writeFile(file, crypto.getRandomValues(new Uint8Array(1024)));
  await Deno.truncate(file, size);
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() =>
    (document as { activeElement?: { blur?(): void } }).activeElement?.blur?.()
  );
  await page.screenshot({ path: join(ROOT, "docs/images", name) });
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
for (const scene of SCENES) await record(scene, browser);
await browser.close();
