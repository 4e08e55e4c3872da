import { deadline } from "../async/deadline.ts";
import { Listeners } from "../async/listeners.ts";
import { pause } from "../async/pause.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { Peer } from "../protocol/peers.ts";
import { answerServers, encodeMessage } from "./bus_request.ts";
import { type Cluster, requestSubject } from "./cluster.ts";
import type { ClusterView } from "./cluster_view.ts";
import { BusError } from "./engine.ts";
import { serverOf } from "./incarnation.ts";
import { listenAsIncarnation } from "./listen_as_incarnation.ts";

/** The token of a session: the id of its server, and what only its client knows. */
const SESSION = /^([a-z2-7]{8})-[0-9a-f]{32}$/;
/** How long another server may take to end a session. */
const ANSWER_MS = 2_000;
/** The pause before a server that nobody listens for is asked again. */
const AGAIN_MS = 300;
/**
 * A client waits no longer for the end of its former session: longer than NATS elects, for what that session
 * has under way would be stored beside what the client says again.
 */
const LONGEST_MS = 30_000;

/** What a {@link JoinedView} is made of. */
export interface ViewParts {
  /** Not owned. */
  readonly cluster: Cluster;
  readonly history: string;
  /** Where clients reach this server; `null` before it is announced. */
  readonly own: () => Peer | null;
  /** As {@link ClusterView.members}. */
  readonly members: () => readonly Peer[];
  /** The runs of other servers that are not gone, by the log. */
  readonly runs: () => readonly string[];
}

/** The cluster as the sessions of a server see it. Disposal ends that. */
export class JoinedView implements ClusterView, Disposable {
  readonly name: string;
  readonly server: string;
  readonly history: string;
  readonly #cluster: Cluster;
  readonly #own: () => Peer | null;
  readonly #members: () => readonly Peer[];
  readonly #runs: () => readonly string[];
  readonly #releaseListeners = new Listeners<[string]>();
  #answering: Disposable | null = null;

  /** Listens. */
  constructor({ cluster, history, own, members, runs }: ViewParts) {
    this.name = cluster.name;
    this.server = cluster.serverId;
    this.history = history;
    this.#cluster = cluster;
    this.#own = own;
    this.#members = members;
    this.#runs = runs;
    this.listen(true);
  }

  /**
   * Answers to the other servers, or not any more: a server that does not apply the log cannot tell what becomes
   * of what a session has under way. The others declare its run gone then, so that nothing comes of it later.
   */
  listen(isListening: boolean): void {
    if (isListening === (this.#answering !== null)) return;
    this.#answering?.[Symbol.dispose]();
    this.#answering = isListening
      ? listenAsIncarnation(this.#cluster.log, (incarnation) => this.#answer(incarnation))
      : null;
  }

  get peers(): readonly Peer[] {
    const own = this.#own();
    if (own === null) return [];
    const others = this.#cluster.beats.list().filter(({ stop }) => stop === null);
    const listed = others.slice(0, LIMITS.clusterPeers - 1);
    return [own, ...listed.map(({ host, port, fingerprint }) => ({ host, port, fingerprint }))];
  }

  get members(): readonly Peer[] {
    return this.#members();
  }

  onPeers(listener: () => void): Disposable {
    return this.#cluster.beats.onChange(listener);
  }

  onRelease(end: (session: string) => void): Disposable {
    return this.#releaseListeners.add(end);
  }

  onThaw(endAll: () => void): Disposable {
    const { log, beats } = this.#cluster;
    return log.onOver(() => beats.isThawing && endAll());
  }

  async release(session: string): Promise<void> {
    const [, server] = SESSION.exec(session) ?? [];
    if (server === undefined) return;
    const isHere = server === this.server;
    const ended = isHere ? this.#endHere(session) : this.#endElsewhere(server, session);
    await deadline(ended, LONGEST_MS, undefined);
  }

  [Symbol.dispose](): void {
    this.listen(false);
  }

  #answer(incarnation: string): Disposable {
    const subject = requestSubject(this.#cluster, incarnation, "release");
    return answerServers(this.#cluster.bus, subject, async (question) => {
      await this.#endHere(question.text("session"));
      return {};
    });
  }

  /** Resolves once what the session has appended, and that its nick is free, is applied. */
  async #endHere(session: string): Promise<void> {
    this.#releaseListeners.tell(session);
    if (this.#answering === null) return; // Nothing is taken here that could be said twice
    await new Promise<void>((resolve) => this.#cluster.log.after(resolve));
  }

  async #endElsewhere(server: string, session: string): Promise<void> {
    const runs = this.#runs().filter((incarnation) => serverOf(incarnation) === server);
    await Promise.all(runs.map((incarnation) => this.#endAt(incarnation, session)));
  }

  /** Resolves once a run of a server has ended the session, or is over itself. */
  async #endAt(incarnation: string, session: string): Promise<void> {
    const { log } = this.#cluster;
    const gone = Promise.withResolvers<void>();
    using _ = log.on("gone", ({ entry }) => entry.incarnation === incarnation && gone.resolve());
    if (await this.#ask(incarnation, session) === "ended") return;
    await pause(AGAIN_MS);
    const second = await this.#ask(incarnation, session);
    if (second === "ended") return;
    // Its client has left it, and nobody listens there: what it has not appended by now never will be
    if (second === "nobody") log.append({ kind: "gone", incarnation }).catch(() => {});
    await gone.promise;
  }

  async #ask(incarnation: string, session: string): Promise<"ended" | "nobody" | "late"> {
    const subject = requestSubject(this.#cluster, incarnation, "release");
    try {
      await this.#cluster.bus.request(subject, encodeMessage({ session }), ANSWER_MS);
      return "ended";
    } catch (error) {
      if (error instanceof BusError) return error.code;
      throw error;
    }
  }
}
