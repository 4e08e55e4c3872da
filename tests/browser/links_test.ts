/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { webPage } from "../../lib/web/web_page.ts";
import { axeFindings } from "../helpers/axe_findings.ts";
import { BrowserPages } from "../helpers/browser_pages.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type LinkServer, startLinkServer } from "../helpers/links.ts";
import { until } from "../helpers/serves_on.ts";
import { Proxy, type Tap } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { dropFiles, getFile, keptJobs, PATIENT } from "../helpers/transfer_scene.ts";
import { parseTarget } from "../../lib/stream/target.ts";

const MIB = 1024 * 1024;
/** Of the file whose connection is cut in its midst. */
const FILE_BYTES = 12 * MIB;
const RULES = "/ read *\n/ read,write,share alice\n/closed read,share alice\n";

let pages: BrowserPages;
Deno.test.beforeAll(async () => void (pages = await BrowserPages.start()));
Deno.test.afterAll(() => pages[Symbol.asyncDispose]());

function start(more: Readonly<Record<string, Uint8Array>> = {}): Promise<LinkServer> {
  const files = {
    ...more,
    "a'b.txt": "shared",
    "inbox/old.txt": "old",
    "closed/c.txt": "",
  };
  return startLinkServer(files, { web: webPage() }, RULES);
}

/** Presses a button. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

/** Presses a button. Resolves to the text of the file that the browser saves. */
async function savedBy(page: Page, name: string): Promise<string> {
  const saved = page.waitForEvent("download", PATIENT);
  await press(page, name);
  return Deno.readTextFileSync(await (await saved).path());
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

Deno.test("page: makes a link to a file, whose page gets it once, and takes it back", async () => {
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
  const address = await page.getByRole("textbox", { name: "Share a'b.txt" }).inputValue();
  const line = await page.getByText("tcp-chat get").innerText();
  const [, target = ""] = /^tcp-chat get '([^']*)'$/.exec(line.trim()) ?? [];
  const { link, path } = parseTarget(target);
  assertEquals(path, "a'b.txt");
  assertEquals(address, `http://127.0.0.1:${port}/#/get/${link?.id}.${link?.secret}`);

  const context = await pages.context({ locale: "pt-BR" });
  const receiver = await pages.openIn(context, address.replace("#/get", "#/send"));
  await receiver.getByRole("heading", { name: "a'b.txt" }).waitFor();
  assertEquals(await savedBy(receiver, "Baixar"), "shared");
  await untilSent(receiver, "1 verificado");
  await receiver.reload();
  assertEquals(await savedBy(receiver, "Baixar"), "shared");
  assertEquals(await axeFindings(receiver), []);
  const other = await pages.open(address);
  await other.getByText("This link is used up").waitFor();

  await press(page, "My links");
  await page.getByText("to get · used up").waitFor();
  await press(page, "Take back the link to /a'b.txt");
  await page.getByText("to get · taken back").waitFor();
  using alice = await fixture.member();
  const { links } = await alice.request("LNKS", {});
  assertEquals((links as { ended: string }[]).map(({ ended }) => ended), ["revoked"]);
  await receiver.reload();
  await receiver.getByText("Este link foi cancelado").waitFor();
  for (const each of [page, receiver, other]) await each.context().close();
  pages.check();
});

Deno.test("page: shows a folder by a link, with what is in it, and gets it across a cut", async () => {
  await using fixture = await start({ "docs/in/big.bin": patternedBytes(FILE_BYTES) });
  const cut = atByte(
    { direction: "down", atByte: FILE_BYTES / 2 },
    ({ link }) => link.cut("reset"),
  );
  await using proxy = await Proxy.start(fixture.server.port, [cut]);
  const { link, secret } = await fixture.share("docs");
  const page = await pages.open(`http://127.0.0.1:${proxy.port}/#/get/${link}.${secret}`);
  await page.getByRole("heading", { name: "docs" }).waitFor();
  const grid = page.getByRole("grid", { name: "Files" });
  await grid.getByRole("link", { name: "in" }).click();
  const bytes = await getFile(page, "big.bin");
  assertEquals(sha256Of(bytes), sha256Of(patternedBytes(FILE_BYTES)));
  await untilSent(page, "1 verified");
  assertEquals(await axeFindings(page), []);
  await page.reload();
  await grid.getByText("big.bin").waitFor();
  await page.goBack();
  await grid.getByRole("link", { name: "in" }).waitFor();
  assertEquals(await page.getByText("old.txt").or(page.getByText("Talk")).count(), 0);
  assertEquals(await page.getByRole("button", { name: "Log in" }).count(), 0);
  await page.context().close();
  pages.check();
});

Deno.test("page: says that a part of it could not be loaded, and tries again", async () => {
  await using fixture = await start();
  const home = `http://127.0.0.1:${fixture.server.port}/`;
  const first = await (await fetch(home)).text();
  const { link, secret } = await fixture.share("a'b.txt");
  const context = await pages.context({ locale: "pt-BR" });
  let isCut = true;
  await context.route(/chunk-/, (route) => {
    const isLater = !first.includes(new URL(route.request().url()).pathname);
    return isCut && isLater ? route.abort() : route.continue();
  });
  for (
    const [place, shown] of [[`#/get/${link}.${secret}`, "a'b.txt"], [
      "#/talk/lobby",
      "lobby",
    ]] as const
  ) {
    isCut = true;
    const page = await pages.openIn(context, home + place);
    await page.getByText("Parte da página não pôde ser carregada").waitFor();
    assertEquals(await axeFindings(page), []);
    isCut = false;
    await press(page, "Tentar de novo");
    await page.getByRole("button", { name: "Tentar de novo" }).waitFor({ state: "detached" });
    await page.getByRole("heading", { name: shown }).first().waitFor();
    await page.getByRole("button", { name: "Configurações" }).click();
  }
  await context.close();
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
  const sender = await pages.openIn(context, address.replace("#/send", "#/get"));
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
  assertEquals(await keptJobs(sender), ["c"]);
  await press(page, "Take back the link to /inbox");
  await sender.getByLabel("Escolher arquivos").setInputFiles([local.write("d", "late")]);
  await sender.getByText("Este link foi cancelado").waitFor();
  await until(async () => (await keptJobs(sender)).length === 0, "an end of what is kept");
  await other.goto(address.slice(0, -1));
  await other.getByRole("alert").filter({ hasText: "This link does not open" })
    .getByText("There is no such link").waitFor();
  for (const each of [page, sender, other]) await each.context().close();
  pages.check();
});
