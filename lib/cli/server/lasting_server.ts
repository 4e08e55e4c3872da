import { pause } from "../../async/pause.ts";
import type { HealReason } from "../../protocol/cluster_state.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { HEAL_NOTICE, HEAL_TEXTS } from "../../server/config/cluster_texts.ts";
import type { ServerEvent } from "../../server/config/events.ts";
import type { ServerSetup } from "../../server/config/options.ts";
import type { Server } from "../../server/server.ts";
import type { StopOptions } from "../../server/stop_server.ts";
import type { Locale } from "../texts/locale.ts";

/** Time between two restarts, and between two attempts to start again. */
const PERIOD_MS = 60_000;
/** Time that a restart leaves to transfers under way: they go on at another server. */
const GRACE_MS = 2_000;

const TRIES_AGAIN = {
  en: "{message}; this server stays closed, and tries again in {seconds} s",
  "pt-BR": "{message}; este servidor fica fechado, e tenta de novo em {seconds} s",
} as const satisfies Text;

/** Starts a server. @param more goes before the options of the command line */
export type StartServer = (more: Pick<ServerSetup, "port" | "onHealable">) => Promise<Server>;

/** What a {@link LastingServer} needs. */
export interface LastingOptions {
  readonly log: (event: ServerEvent) => void;
  readonly locale: Pick<Locale, "language" | "fill" | "failure">;
  /** The name of the cluster; empty without one. */
  readonly cluster: string;
  /** Time between two restarts, in milliseconds. Default: a minute. */
  readonly periodMs?: number;
}

/**
 * The server of a program. One of a cluster that has come out of step stops, and starts again on the same port,
 * where that brings it in step: its clients go on at another server meanwhile.
 */
export class LastingServer {
  readonly #start: StartServer;
  readonly #options: LastingOptions;
  readonly #ending = new AbortController();
  readonly #failed = Promise.withResolvers<never>();
  /** `null` while it starts again. */
  #current: Server | null = null;
  #stopping: Promise<void> | null = null;
  #isRestarting = false;
  #restartedMs = -Infinity;

  private constructor(start: StartServer, options: LastingOptions) {
    this.#start = start;
    this.#options = options;
    this.#failed.promise.catch(() => {}); // It may be awaited later
  }

  /** Starts the server. @throws as `start` does */
  static async start(start: StartServer, options: LastingOptions): Promise<LastingServer> {
    const lasting = new LastingServer(start, options);
    lasting.#current = await lasting.#open({});
    return lasting;
  }

  /** The server; `null` while it starts again. */
  get current(): Server | null {
    return this.#current;
  }

  /** Rejects if the server cannot be stopped in order: then only the end of the program helps. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Stops the server as `Server.stop` does. A start under way is not waited for; what it starts is stopped, too. */
  async stop(options?: StopOptions): Promise<void> {
    this.#ending.abort();
    await (this.#stopping ?? this.#current?.stop(undefined, options));
  }

  #open(more: Pick<ServerSetup, "port">): Promise<Server> {
    return this.#start({ ...more, onHealable: (reason) => this.#heal(reason) });
  }

  #heal(reason: HealReason): void {
    const { periodMs = PERIOD_MS } = this.#options;
    const isSoon = performance.now() - this.#restartedMs < periodMs;
    const server = this.#current;
    if (server === null || this.#isRestarting || isSoon || this.#ending.signal.aborted) return;
    this.#isRestarting = true;
    this.#restart(server, reason).catch(this.#failed.reject)
      .finally(() => this.#isRestarting = false);
  }

  async #restart(server: Server, reason: HealReason): Promise<void> {
    const { log, locale: { language, fill }, cluster: name } = this.#options;
    const message = fill(HEAL_TEXTS[reason], { name });
    log({ event: "cluster", state: "restarting", name, message });
    const { port } = server;
    this.#current = null;
    this.#stopping = server.stop(HEAL_NOTICE[language], { graceMs: GRACE_MS });
    await this.#stopping;
    await this.#openAgain(port);
    this.#restartedMs = performance.now();
  }

  /** Tries until the server has started: the cluster, which has just agreed, may have changed its mind. */
  async #openAgain(port: number): Promise<void> {
    const { log, locale, periodMs = PERIOD_MS } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        const server = await this.#open({ port });
        this.#stopping = null;
        this.#current = server;
        if (signal.aborted) await server.stop();
        return;
      } catch (error) {
        const { message } = locale.failure(error);
        const seconds = Math.round(periodMs / 1_000);
        log({ event: "error", message: locale.fill(TRIES_AGAIN, { message, seconds }) });
        await pause(periodMs, signal);
      }
    }
  }
}
