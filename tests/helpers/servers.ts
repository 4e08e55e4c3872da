import type { ServerEvent } from "../../lib/server/config/events.ts";
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { type Server } from "../../lib/server/server.ts";
import { serveWithPage } from "../../lib/server/serve.ts";
import type { WebPage } from "../../lib/server/web_page.ts";
import { within } from "./deadline.ts";
import { RawPeer } from "./raw_peer.ts";
import { TempDir } from "./temp_dir.ts";

type EventName = ServerEvent["event"];
type EventOf<N extends EventName> = Extract<ServerEvent, { event: N }>;

/** A server on a free port that serves a temporary folder. Disposal stops it. */
export class TestServer implements AsyncDisposable {
  readonly server: Server;
  /** The served folder. */
  readonly root: TempDir;
  /** All events so far, oldest first. */
  readonly events: ServerEvent[];
  readonly #watchers: Set<() => void>;

  /** Use {@link startServer}. */
  constructor(server: Server, root: TempDir, events: ServerEvent[], watchers: Set<() => void>) {
    this.server = server;
    this.root = root;
    this.events = events;
    this.#watchers = watchers;
  }

  /** The port that the server listens on. */
  get port(): number {
    return this.server.port;
  }

  /** Connects a peer that sends exactly what the test wants. Dispose of it before the server. */
  connect(): Promise<RawPeer> {
    return RawPeer.connect(this.port);
  }

  /** The events of one name so far. */
  eventsOf<N extends EventName>(name: N): EventOf<N>[] {
    return this.events.filter((event): event is EventOf<N> => event.event === name);
  }

  /** Resolves to the first event of that name that fits, past or future. */
  async waitFor<N extends EventName>(
    name: N,
    fits: (event: EventOf<N>) => boolean = () => true,
  ): Promise<EventOf<N>> {
    const { promise, resolve } = Promise.withResolvers<EventOf<N>>();
    const look = () => {
      const event = this.eventsOf(name).find(fits);
      if (event !== undefined) resolve(event);
    };
    this.#watchers.add(look);
    try {
      look();
      return await within(promise, `the event "${name}"`);
    } finally {
      this.#watchers.delete(look);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.server.stop();
    } finally {
      this.root[Symbol.dispose]();
    }
  }
}

/** Options of {@link startServer}; each has a default. */
export interface TestServerOptions extends Omit<ServerSetup, "root"> {
  /** Default `null`: frames only. */
  readonly web?: WebPage | null;
}

/**
 * Starts a server on this machine that serves a temporary folder, on a free port by default. It owns
 * `root`.
 */
export async function startServer(
  { web = null, ...options }: TestServerOptions = {},
  files: Record<string, string | Uint8Array> = {},
  root: TempDir = new TempDir(),
): Promise<TestServer> {
  const events: ServerEvent[] = [];
  const watchers = new Set<() => void>();
  for (const [path, content] of Object.entries(files)) root.write(path, content);
  try {
    const server = await serveWithPage({
      hostname: "127.0.0.1",
      port: 0,
      ...options,
      root: root.path,
      onEvent: (event) => {
        events.push(event);
        options.onEvent?.(event);
        for (const look of watchers) look();
      },
    }, web);
    return new TestServer(server, root, events, watchers);
  } catch (error) {
    root[Symbol.dispose]();
    throw error;
  }
}
