/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { webPage } from "../../lib/web/web_page.ts";
import { axeFindings } from "../helpers/axe_findings.ts";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type LinkServer, logInByLink, startLinkServer } from "../helpers/links.ts";
import { Proxy, type Tap } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { dropFiles, PATIENT } from "../helpers/transfer_scene.ts";
import { parseTarget } from "../../lib/stream/target.ts";

const MIB = 1024 * 1024;
/** Of the file whose connection is cut in its midst. */
const FILE_BYTES = 12 * MIB;
const RULES = "/ read *\n/ read,write,share alice\n/closed read,share alice\n";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

function start(): Promise<LinkServer> {
  const files = { "a'b.txt": "shared", "inbox/old.txt": "old", "closed/c.txt": "" };
  return startLinkServer(files, { web: webPage() }, RULES);
}

/** Presses a button. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

/** Waits until the page says so of its transfers. */
async function untilSent(page: Page, counts: string): Promise<void> {
  await page.getByText(counts).first().waitFor(PATIENT);
}

/** Opens a folder of the page as alice. */
async function openAsAlice(port: number, folder: string): Promise<Page> {
  const page = await pages.open(`http://127.0.0.1:${port}/#/files/${folder}`);
  await page.getByRole("button", { name: "Send files" }).or(page.getByText("only get files"))
    .waitFor();
  assertEquals(await page.getByRole("button", { name: "Ask for files" }).count(), 0);
  await press(page, "Log in");
  await page.getByLabel("Name", { exact: true }).fill("alice");
  await page.getByLabel("Password", { exact: true }).fill("correct horse");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Logged in as alice" }).waitFor();
  return page;
}

Deno.test("page: makes a link to a file, shows the line for its receiver, and takes it back", async () => {
  await using fixture = await start();
  const { port } = fixture.server;
  const page = await openAsAlice(port, "closed");
  await page.getByRole("button", { name: "Details of c.txt" }).click();
  await page.getByRole("button", { name: "Share by a link" }).waitFor();
  assertEquals(await page.getByRole("button", { name: "Ask for files" }).count(), 0);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "All files" }).click();
  await page.getByRole("button", { name: "Details of a'b.txt" }).click();
  await press(page, "Share by a link");
  await page.getByLabel("For how many people").fill("1");
  await press(page, "Make a link");
  await page.getByRole("button", { name: "Copy line" }).waitFor();
  const line = await page.getByLabel("Send this line to the receiver").inputValue();
  const [, address = ""] = /^tcp-chat get '([^']*)'$/.exec(line) ?? [];
  const { link, path } = parseTarget(address);
  assertEquals(path, "a'b.txt");
  {
    using receiver = await fixture.guest();
    await logInByLink(receiver, `link:${link?.id}`, link?.secret ?? "");
    const { bytes } = await receiver.get("a'b.txt");
    assertEquals(new TextDecoder().decode(bytes), "shared");
  }

  await press(page, "My links");
  await page.getByText("to get · used up").waitFor();
  await press(page, "Take back the link to /a'b.txt");
  await page.getByText("to get · taken back").waitFor();
  using alice = await fixture.member();
  const { links } = await alice.request("LNKS", {});
  assertEquals((links as { ended: string }[]).map(({ ended }) => ended), ["revoked"]);
  await page.context().close();
  pages.check();
});

Deno.test("page: asks for files by a link, whose page sends them", async () => {
  using local = new TempDir();
  await using fixture = await start();
  let sentBytes = 0;
  const count: Tap = async (chunk, { direction }, next) => {
    if (direction === "up") sentBytes += chunk.length;
    await next(chunk);
  };
  const cut = atByte({ direction: "up", atByte: FILE_BYTES / 2 }, ({ link }) => link.cut("reset"));
  await using proxy = await Proxy.start(fixture.server.port, [count, cut]);
  const read = (path: string) => Deno.readFileSync(fixture.server.root.join(path));
  const page = await openAsAlice(proxy.port, "");
  await page.getByRole("button", { name: "Details of inbox" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Ask for files" }).click();
  await page.getByLabel("For how many people").fill("1");
  await page.getByLabel("For how many MB in all").fill("20");
  await press(page, "Make a link");
  const address = await page.getByRole("textbox", { name: "Ask for files into /inbox" })
    .inputValue();

  const context = await pages.context({ locale: "pt-BR" });
  const sender = await pages.openIn(context, address);
  await sender.getByRole("heading", { name: "Enviar arquivos para /inbox" }).waitFor();
  assertEquals(await axeFindings(sender), []);
  const bytes = patternedBytes(FILE_BYTES);
  await sender.getByLabel("Escolher arquivos").setInputFiles([local.write("a.bin", bytes)]);
  await untilSent(sender, "1 verificado");
  assertEquals(sha256Of(read("inbox/a.bin")), sha256Of(bytes));
  assert(sentBytes < 1.4 * FILE_BYTES, `${sentBytes} bytes were sent`);

  local.write("tree/inner/b.txt", "b");
  await dropFiles(sender, [local.join("tree")]);
  await untilSent(sender, "2 verificados");
  assertEquals(new TextDecoder().decode(read("inbox/tree/inner/b.txt")), "b");
  await sender.getByLabel("Escolher arquivos").setInputFiles([local.write("old.txt", "new")]);
  await sender.getByRole("button", { name: "Manter os dois" }).waitFor();
  assertEquals(await sender.getByRole("button", { name: "Substituir" }).count(), 0);
  await sender.getByRole("button", { name: "Manter os dois" }).click();
  await untilSent(sender, "3 verificados");
  assertEquals(new TextDecoder().decode(read("inbox/old (2).txt")), "new");
  assertEquals(new TextDecoder().decode(read("inbox/old.txt")), "old");
  await sender.getByLabel("Escolher arquivos").setInputFiles([
    local.write("c", patternedBytes(9e6)),
  ]);
  await sender.getByText("não aceita mais bytes").waitFor();

  await sender.reload();
  await sender.getByRole("heading", { name: "Enviar arquivos para /inbox" }).waitFor();
  await sender.getByText("Escolher o arquivo de novo").waitFor();
  const other = await pages.open(address);
  await other.getByText("This link is used up").waitFor();
  await press(page, "My links");
  await page.getByText("to send · used up").waitFor();
  await press(page, "Take back the link to /inbox");
  await sender.getByLabel("Escolher arquivos").setInputFiles([local.write("d", "late")]);
  await sender.getByText("Este link foi cancelado").waitFor();
  await other.goto(address.slice(0, -1));
  await other.getByRole("alert").filter({ hasText: "This link does not open" })
    .getByText("There is no such link").waitFor();
  for (const each of [page, sender, other]) await each.context().close();
  pages.check();
});
