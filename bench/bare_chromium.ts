/** A message of the Chrome DevTools Protocol. */
interface CdpMessage {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

const CHROMIUM = "/usr/bin/chromium";
/** The address of an empty page. */
const EMPTY = "about:blank";
/** How often a page is asked whether something holds. */
const POLL_MS = 20;

/**
 * A page in a Chromium that nothing slows down: of its debugger only what evaluates expressions is used.
 * A debugger that watches the network copies every byte of a WebSocket.
 */
export class BareChromium implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (message: CdpMessage) => void>();
  #lastId = 0;

  private constructor(process: Deno.ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as CdpMessage;
      if (message.id !== undefined) this.#pending.get(message.id)?.(message);
    };
  }

  /** Starts the browser with an empty page. */
  static async open(): Promise<BareChromium> {
    const profile = await Deno.makeTempDir({ prefix: "tcp-chat-bench-chromium-" });
    const process = new Deno.Command(CHROMIUM, {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--no-first-run",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        EMPTY,
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const socket = new WebSocket(await pageSocketUrl(profile));
    await new Promise((resolve) => socket.onopen = resolve);
    return new BareChromium(process, profile, socket);
  }

  /** Evaluates an expression in the page; it may be a promise. */
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result } = await this.#send("Runtime.evaluate", options);
    return (result as { value: T }).value;
  }

  /** Waits until an expression is true. */
  async until(expression: string): Promise<void> {
    while (!await this.#holds(expression)) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Whether an expression is true; a page that has no document yet has nothing that is. */
  async #holds(expression: string): Promise<boolean> {
    try {
      return await this.evaluate<boolean>(`Boolean(${expression})`);
    } catch (error) {
      if (error instanceof Error && error.message.includes("execution context")) return false;
      throw error;
    }
  }

  /** Goes to an address, of which the browser has kept nothing. */
  async navigate(url: string): Promise<void> {
    await this.#send("Network.clearBrowserCache", {});
    await this.#send("Page.navigate", { url });
    await this.until(`location.href.startsWith(${JSON.stringify(url)})`);
  }

  /** Notes in each page from now on, as `reachedMs`, when an expression is first true there. */
  async noteWhen(expression: string): Promise<void> {
    const source = `new MutationObserver((_, observer) => {
      if (!(${expression})) return;
      globalThis.reachedMs = performance.now();
      observer.disconnect();
    }).observe(document, { childList: true, characterData: true, subtree: true })`;
    await this.#send("Page.enable", {});
    await this.#send("Page.addScriptToEvaluateOnNewDocument", { source });
  }

  /** Gives files to the input that an expression finds. */
  async setFiles(expression: string, files: readonly string[]): Promise<void> {
    const { result } = await this.#send("Runtime.evaluate", { expression });
    const { objectId } = result as { objectId: string };
    await this.#send("DOM.setFileInputFiles", { files, objectId });
  }

  /** The peak resident memory of the page's process, in bytes. */
  peakBytes(): number {
    const statuses = childrenOf(this.#process.pid).filter(({ command }) =>
      command.includes("--type=renderer")
    ).map(({ pid }) => Deno.readTextFileSync(`/proc/${pid}/status`));
    const peaks = statuses.map((text) => Number(/^VmHWM:\s+(\d+) kB/m.exec(text)?.[1] ?? 0));
    return 1024 * Math.max(0, ...peaks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    this.#process.kill();
    await this.#process.status;
    await Deno.remove(this.#profile, { recursive: true }).catch(() => {}); // Its last files come late
  }

  async #send(method: string, params: unknown): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<CdpMessage>();
    this.#pending.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await promise;
    if (result === undefined) throw new Error(`${method}: ${error?.message}`);
    return result;
  }
}

/** The address of the debugger of the page, once the browser has started. */
async function pageSocketUrl(profile: string): Promise<string> {
  for (;;) {
    try {
      const [port] = Deno.readTextFileSync(`${profile}/DevToolsActivePort`).split("\n");
      const pages = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json() as {
        url: string;
        webSocketDebuggerUrl: string;
      }[];
      const page = pages.find((each) => each.url === EMPTY);
      if (page !== undefined) return page.webSocketDebuggerUrl;
    } catch {
      // It has not started yet
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The processes below one. */
function childrenOf(top: number): { readonly pid: number; readonly command: string }[] {
  const parents = new Map<number, number>();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended
    }
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === top || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow).map((pid) => ({
    pid,
    command: Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " "),
  }));
}
