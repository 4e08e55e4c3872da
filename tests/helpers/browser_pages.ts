/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { existsSync } from "node:fs";
import { DEADLINE_MS } from "./deadline.ts";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** How a page is opened. */
export interface PageOptions {
  /** The language of the browser. Default: English. */
  readonly locale?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/**
 * A browser for the tests of a file. Each page has a context of its own, and what a page complains of
 * (its errors, and what its policy forbids) fails the test.
 */
export class BrowserPages implements AsyncDisposable {
  /** What the pages have complained of. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** @param args further arguments of the browser */
  static async start(args: readonly string[] = []): Promise<BrowserPages> {
    if (!existsSync(CHROMIUM)) {
      throw new Error(`These tests need ${CHROMIUM}: apt-get install chromium`);
    }
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", ...args],
    });
    return new BrowserPages(browser);
  }

  /** A context of its own: what it stores is not that of others. */
  async context(options: PageOptions = {}): Promise<BrowserContext> {
    const { locale = "en-GB", viewport = { width: 1280, height: 800 } } = options;
    const context = await this.#browser.newContext({
      locale,
      viewport,
      acceptDownloads: true,
    });
    await context.exposeBinding("tellViolation", (_, text: string) => {
      this.complaints.push(text);
    });
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
        const tell = (globalThis as unknown as { tellViolation(text: string): void }).tellViolation;
        tell(`policy: ${violatedDirective} ${blockedURI} ${sample}`);
      });
    });
    return context;
  }

  /** Opens a page. Close it with its context. */
  async open(url: string, options: PageOptions = {}): Promise<Page> {
    return await this.openIn(await this.context(options), url);
  }

  /** Opens a page in a context. */
  async openIn(context: BrowserContext, url: string): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE_MS);
    page.on("pageerror", (error) => this.complaints.push(`${error.stack ?? error}`));
    await page.goto(url);
    return page;
  }

  /** Fails if a page has complained. */
  check(): void {
    assertEquals(this.complaints.splice(0), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
