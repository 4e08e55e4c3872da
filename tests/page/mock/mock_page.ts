/// <reference lib="dom" />
import { dirname, fromFileUrl, join } from "@std/path";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Language } from "../../../lib/protocol/errors.ts";
import type { Scene } from "./mock_model.ts";

const HERE = dirname(fromFileUrl(import.meta.url));
const PAGE = join(HERE, "../../../lib/page");

/** The policy of the real page, so that the views cannot need more. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
  "img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; form-action 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  js: "text/javascript; charset=utf-8",
};

/** How a page is opened. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly theme: "light" | "dark";
  readonly locale: "en-GB" | "pt-BR";
  /** What stands after the `#` of the address. */
  readonly hash?: string;
}

/** The views on the model of a scene, in a real browser, under the policy of the real page. */
export class MockPages {
  readonly #browser: Browser;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** What the pages have complained about. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser, server: Deno.HttpServer<Deno.NetAddr>) {
    this.#browser = browser;
    this.#server = server;
  }

  static async start(): Promise<MockPages> {
    const script = await bundleMock();
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => answer(new URL(request.url).pathname, script),
    );
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
    return new MockPages(browser, server);
  }

  /** Opens a page in a context of its own; the caller closes it with `page.context().close()`. */
  async open(scene: Scene, { width, height, theme, locale, hash }: Look): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      locale,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    await page.clock.setFixedTime(new Date(2026, 10, 29, 16, 20));
    page.on("pageerror", (error) => this.complaints.push(`${error}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    const query = encodeURIComponent(JSON.stringify(scene));
    await page.goto(`http://127.0.0.1:${this.#server.addr.port}/?${query}${hash ?? ""}`);
    await page.locator("main").waitFor();
    return page;
  }

  /** Switches the language of an open page, and waits until the page shows it. */
  async speak(page: Page, language: Language): Promise<void> {
    await page.evaluate(
      (chosen) =>
        (globalThis as unknown as { chooseLanguage(chosen: string): void }).chooseLanguage(chosen),
      language,
    );
    await page.locator(`html[lang="${language}"]`).waitFor();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#server.shutdown();
  }
}

function answer(path: string, script: string): Response {
  const name = path === "/" ? "index.html" : path.slice(1);
  const type = TYPES[name.split(".").at(-1) ?? ""] ?? "text/plain";
  const headers = { "content-type": type, "content-security-policy": POLICY };
  if (name === "app.js") return new Response(script, { headers });
  if (!["index.html", "style.css", "later.css", "icons.svg"].includes(name)) {
    return new Response(null, { status: 404 });
  }
  return new Response(Deno.readTextFileSync(join(PAGE, name)), { headers });
}

async function bundleMock(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", join(HERE, "mock_main.ts")],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
