/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import type { Page, Worker } from "playwright-core";
import { LocalLinkKeeper } from "../../lib/accounts/link_keeper.ts";
import { formatLinkKey } from "../../lib/protocol/link_key.ts";
import { webPage } from "../../lib/web/web_page.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type ClusterServerOptions, startClusterServer } from "../helpers/cluster_servers.ts";
import { freePort } from "../helpers/free_port.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Proxy } from "../helpers/proxy.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { getFile, sendFiles, untilState } from "../helpers/transfer_scene.ts";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

/** Two servers of a cluster. The first one is reached through a proxy, which can end as its machine does. */
class ClusterScene implements AsyncDisposable {
  readonly #parts = new AsyncDisposableStack();

  private constructor(
    readonly home: Proxy,
    readonly other: number,
    /** The key of a link by which one person may send files. */
    readonly key: string,
    /** Starts another server. Resolves to its port, once the first one knows it. */
    readonly join: () => Promise<number>,
    readonly stopOther: () => Promise<void>,
  ) {}

  static async start(options: Partial<ClusterServerOptions> = {}): Promise<ClusterScene> {
    const parts = new AsyncDisposableStack();
    const { urls } = parts.use(await NatsCluster.start(1));
    const start = async (port: number, advertise: number, data = parts.use(new TempDir())) => {
      const web = webPage();
      const place = { port, advertise, data, web };
      return parts.use(await startClusterServer(urls, { uploads: true, ...options, ...place }));
    };
    const port = await freePort();
    const proxy = parts.use(await Proxy.start(port));
    const data = parts.use(new TempDir());
    const key = await addLink(data);
    const home = await start(port, proxy.port, data);
    const other = await start(0, 0);
    const sees = (count: number) =>
      until(() => home.server.cluster?.peers.length === count, "a heartbeat");
    await sees(1);
    const join = async () => {
      const { port } = await start(0, 0);
      await sees(2);
      return port;
    };
    const scene = new ClusterScene(proxy, other.port, key, join, () => other.server.stop());
    scene.#parts.use(parts);
    return scene;
  }

  /** The server that the page is from is gone at once. */
  kill(): void {
    this.home.refuse();
    this.home.cutAll("reset");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}

/** Makes a link by which one person may send files, in a data folder; returns its key. */
async function addLink(data: TempDir): Promise<string> {
  using accounts = new TestAccounts(data.join("tcp-chat.db"));
  const keeper = new LocalLinkKeeper(accounts.database, accounts.store);
  const { link, secret } = await keeper.add({
    ...{ kind: "put", path: "", truePath: "", creator: null, lifeMs: 600_000 },
    ...{ count: 1, sizeBytes: null, note: null },
  });
  return formatLinkKey({ id: link.id, secret });
}

const log = (page: Page) => page.getByRole("log", { name: "Conversation" });

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/** Opens the page of the first server in a room, and takes a nick. */
async function openIn(scene: ClusterScene, host: string, nick: string): Promise<Page> {
  const page = await pages.open(`http://${host}:${scene.home.port}/#/talk/ops`);
  await page.getByRole("status").filter({ hasText: "Connected" }).waitFor();
  await page.getByRole("textbox", { name: "Nick" }).fill(nick);
  await page.getByRole("button", { name: "Change nick" }).click();
  await page.getByRole("list", { name: "People" }).getByText(nick).waitFor();
  return page;
}

Deno.test(
  "page: is at another server within 2 s when its own is gone, or leads to it where it may not connect there",
  NEEDS_NATS,
  async () => {
    await using scene = await ClusterScene.start();
    using ana = await Protocol2Peer.connect(scene.other);
    await ana.request("JOIN", { room: "ops" });
    const page = await openIn(scene, "127.0.0.1", "Zoë");
    const foreign = await openIn(scene, "localhost", "bob");
    const say = (text: string) => ana.request("SEND", { room: "ops", text });
    await say("other-1");
    await write(page, "own-1");
    await log(page).getByText("other-1").waitFor();
    await ana.event(({ text }) => text === "own-1");
    const sender = await pages.open(`http://localhost:${scene.home.port}/#/send/${scene.key}`);
    await sendByLink(sender, "first");
    const killedMs = performance.now();
    scene.kill();
    await say("other-2");
    await write(page, "own-2");
    await page.getByText("The page goes on at another server").waitFor();
    const tookMs = performance.now() - killedMs;
    assert(tookMs < 2_000, `${tookMs} ms`);
    const { from } = await ana.event(({ text }) => text === "own-2");
    assertEquals(from, "Zoë");
    await say("other-3");
    await log(page).getByText("other-3").waitFor();
    const texts = (await log(page).innerText()).match(/(?:own|other)-\d/g) ?? [];
    const { messages } = await ana.request("HIST", { room: "ops" });
    assertEquals(texts, (messages as { text: string }[]).map(({ text }) => text));
    assertEquals(texts.toSorted(), ["other-1", "other-2", "other-3", "own-1", "own-2"]);
    await sendAndGet(page);

    const link = foreign.getByRole("link", { name: `Open 127.0.0.1:${scene.other}` });
    await link.click();
    await foreign.waitForURL(`http://127.0.0.1:${scene.other}/#/talk/ops`);
    await log(foreign).getByText("other-3").waitFor();
    await foreign.getByRole("list", { name: "People" }).getByText("bob").waitFor();

    await sender.getByRole("link", { name: `Open 127.0.0.1:${scene.other}` }).click();
    await sender.waitForURL(`http://127.0.0.1:${scene.other}/#/send/${scene.key}`);
    await sendByLink(sender, "second"); // It counts as the same one
    for (const each of [page, foreign, sender]) await each.context().close();
    pages.check();
  },
);

Deno.test(
  "page: goes on at a server that has come since it was loaded, with chat and files",
  NEEDS_NATS,
  async () => {
    await using scene = await ClusterScene.start();
    const page = await openIn(scene, "127.0.0.1", "Zoë");
    const renewed = page.waitForEvent("worker", (worker) => worker.url().includes("/relay.js"));
    const joined = await scene.join();
    await renewed;
    const movers = () => page.workers().filter((worker) => worker.url().includes("/mover.js"));
    await until(() => movers().length > 0 && movers().every(isFresh), "movers");
    await scene.stopOther();
    scene.kill();
    using ana = await Protocol2Peer.connect(joined);
    await ana.request("JOIN", { room: "ops" });
    await page.getByText("The page goes on at another server").waitFor();
    await write(page, "here");
    const { from } = await ana.event(({ text }) => text === "here");
    assertEquals(from, "Zoë");
    await sendAndGet(page);
    await page.context().close();
    pages.check();
  },
);

/** Whether a worker was loaded since another server has come. */
function isFresh(worker: Worker): boolean {
  return worker.url().includes("?");
}

async function sendByLink(page: Page, name: string): Promise<void> {
  using local = new TempDir();
  await sendFiles(page, local.write(name, name));
  await untilState(page, name, "verified");
}

/** What moves files was loaded before the server was gone. */
async function sendAndGet(page: Page): Promise<void> {
  using local = new TempDir();
  const bytes = patternedBytes(9 * 1024 * 1024);
  await sendFiles(page, local.write("up.bin", bytes));
  await untilState(page, "up.bin", "verified");
  assertEquals(sha256Of(await getFile(page, "up.bin")), sha256Of(bytes));
}
