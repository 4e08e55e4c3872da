/// <reference lib="dom" />
import { TextLineStream } from "@std/streams/text-line-stream";
import { existsSync } from "node:fs";
import { DEADLINE_MS, within } from "./deadline.ts";
import { TempDir } from "./temp_dir.ts";

const FIREFOX = "/usr/bin/firefox-esr";

/** A browser that was just installed starts from a cold disk. */
const START_MS = 6 * DEADLINE_MS;

/** The line by which the browser tells where it listens. */
const LISTENING = /^WebDriver BiDi listening on (ws:\S+)/;

type Json = Record<string, unknown>;

interface Reply extends Json {
  readonly id?: number;
  readonly result?: Json;
  readonly message?: string;
}

/**
 * Firefox without a window, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/): Playwright
 * drives only a Firefox of its own.
 */
export class Firefox implements AsyncDisposable {
  readonly #profile: TempDir;
  readonly #process: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, PromiseWithResolvers<Json>>();
  #lastId = 0;

  private constructor(profile: TempDir, process: Deno.ChildProcess, socket: WebSocket) {
    this.#profile = profile;
    this.#process = process;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#onReply(JSON.parse(data));
  }

  /** @throws {Error} without the browser */
  static async start(): Promise<Firefox> {
    if (!existsSync(FIREFOX)) {
      throw new Error(`These tests need ${FIREFOX}: apt-get install firefox-esr`);
    }
    const profile = new TempDir();
    profile.write("user.js", preferences(profile.path));
    const process = new Deno.Command(FIREFOX, {
      args: ["--headless", "--no-remote", "--profile", profile.path, "--remote-debugging-port=0"],
      env: { HOME: profile.path },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const url = await within(listeningAt(process.stderr), "Firefox", undefined, START_MS);
    const socket = new WebSocket(`${url}/session`);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("Firefox does not answer"));
    await promise;
    const firefox = new Firefox(profile, process, socket);
    await firefox.send("session.new", { capabilities: {} });
    return firefox;
  }

  /** Sends a command. @throws {Error} when the browser refuses it */
  send(method: string, params: Json): Promise<Json> {
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<Json>();
    this.#pending.set(id, pending);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return within(pending.promise, method);
  }

  /** Opens a page in a new tab. */
  async open(url: string): Promise<FirefoxPage> {
    const { context } = await this.send("browsingContext.create", { type: "tab" });
    await this.send("browsingContext.navigate", { context, url, wait: "complete" });
    return new FirefoxPage(this, String(context));
  }

  /** The content of a file that the browser saves, once it has so many bytes under its name. */
  async saved(name: string, size: number): Promise<Uint8Array> {
    const path = this.#profile.join(name);
    const isSaved = () => existsSync(path) && Deno.statSync(path).size === size;
    using watcher = Deno.watchFs(this.#profile.path);
    const wait = async () => {
      if (isSaved()) return;
      for await (const _ of watcher) if (isSaved()) return;
    };
    await within(wait(), `the file ${name}`);
    return Deno.readFileSync(path);
  }

  #onReply({ id, result, message }: Reply): void {
    const pending = this.#pending.get(id ?? 0);
    this.#pending.delete(id ?? 0);
    if (result !== undefined) pending?.resolve(result);
    else pending?.reject(new Error(message));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#socket.onclose = () => closed.resolve();
    await this.send("browser.close", {}).catch(() => this.#process.kill());
    await this.#process.status;
    this.#socket.close();
    await closed.promise;
    this.#profile[Symbol.dispose]();
  }
}

/** A tab. */
export class FirefoxPage {
  readonly #firefox: Firefox;
  readonly #context: string;

  constructor(firefox: Firefox, context: string) {
    this.#firefox = firefox;
    this.#context = context;
  }

  /** The value of an expression, or of the promise that it is. */
  async evaluate(expression: string): Promise<Json> {
    const answer = await this.#firefox.send("script.evaluate", {
      expression,
      target: { context: this.#context },
      awaitPromise: true,
      resultOwnership: "root",
      userActivation: true,
    });
    if (answer.type !== "success") throw new Error(JSON.stringify(answer.exceptionDetails));
    return answer.result as Json;
  }

  /** Waits until an expression holds; it is looked at after each change of the page. */
  async until(expression: string): Promise<void> {
    const { value } = await this.evaluate(`new Promise((resolve) => {
      const look = () => {
        if (!(${expression})) return;
        watcher.disconnect();
        clearTimeout(timer);
        resolve("");
      };
      const timer = setTimeout(() => resolve(document.body.innerText), ${DEADLINE_MS - 1_000});
      const watcher = new MutationObserver(look);
      watcher.observe(document.documentElement, {
        attributes: true, characterData: true, childList: true, subtree: true,
      });
      look();
    })`);
    if (value !== "") throw new Error(`Not in time: ${expression}\n${value}`);
  }

  /** Gives files of this machine to an input. @param find an expression */
  async setFiles(find: string, files: readonly string[]): Promise<void> {
    const { sharedId } = await this.evaluate(find);
    await this.#firefox.send("input.setFiles", {
      context: this.#context,
      element: { sharedId },
      files,
    });
  }

  /** Types where the focus is. */
  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.#firefox.send("input.performActions", {
      context: this.#context,
      actions: [{ type: "key", id: "keys", actions }],
    });
  }
}

function preferences(downloads: string): string {
  const wanted = {
    "browser.download.folderList": 2,
    "browser.download.dir": downloads,
    "browser.download.useDownloadDir": true,
    "browser.shell.checkDefaultBrowser": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "app.update.enabled": false,
    "intl.locale.requested": "en-GB",
    "intl.accept_languages": "en-GB",
  };
  return Object.entries(wanted)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join("");
}

/** Where the browser listens; what else it says is read and dropped. */
async function listeningAt(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const lines = stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  const read = async () => {
    for await (const line of lines) {
      const [, url] = LISTENING.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    }
    reject(new Error("Firefox has ended"));
  };
  read().catch(reject);
  return await promise;
}
