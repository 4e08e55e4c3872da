import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { pause } from "../../lib/async/pause.ts";
import { logIn } from "../helpers/abused_server.ts";
import { within } from "../helpers/deadline.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { ELECTION_MS } from "../helpers/nats_engines.ts";
import { type Actor, Turn } from "./cluster_talk.ts";

/** The file that all links are for. */
export const SHARED = "shared.txt";

/** Between two links of a sharer. */
const PACE_MS = 250;
/** A sharer forgets older links: of those that have ended, servers remember 1,000. */
const REMEMBERED = 300;
/** The account of all sharers, which may make links. */
export const SHARER = { name: "root", password: "correct horse" };
const PASSWORD = new ScramPassword(SHARER.password);
/** How long a link works: longer than the faults take. */
const LIFE_MS = 24 * 3_600_000;

/** The codes by which servers refuse the requests; a server that is cut off may not know the link yet. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  LINK: ["busy", "shutting-down"],
  UNLK: ["busy", "shutting-down", "not-found"],
  FGET: ["busy", "shutting-down", "denied"],
};
/** Reasons that leave open whether the cluster has taken what was asked for. */
const OPEN: readonly string[] = ["outcome-unknown", "no-copy", "link-revoked"];

/** What came of something that was asked for: it is so, it will never be so, or it is not known. */
export type Fate = "done" | "refused" | "unknown";

/** A link that was asked for. */
export interface SharedLink {
  /** Its note, which no other link has. */
  readonly note: string;
  readonly count: number;
  made: Fate;
  /** `null` unless it got DONE. */
  id: string | null;
  password: ScramPassword | null;
  /** What came of each claim. */
  readonly claims: Map<string, Fate>;
  /** What came of taking it back; `null` if that was not asked for. */
  revoked: Fate | null;
  /** Whether it was tried at all servers once nothing was under way. */
  isTried: boolean;
}

/** Logs in by a link. @throws with the code and the reason of FAIL */
export async function visit(
  port: number,
  { id, password }: SharedLink,
  claim: string,
): Promise<Protocol2Peer> {
  const peer = await connectTo(port);
  return await orDispose(peer, logIn(peer, `link:${id}`, password!, { claim }));
}

async function connectTo(port: number): Promise<Protocol2Peer> {
  const peer = new Protocol2Peer(await RawPeer.connect(port, ELECTION_MS));
  const greet = async () => {
    await peer.send("HELO", { protocol: 2, agent: "test", present: false });
    await peer.expect("HELO");
  };
  return await orDispose(peer, greet());
}

async function orDispose(peer: Protocol2Peer, work: Promise<unknown>): Promise<Protocol2Peer> {
  try {
    await work;
    return peer;
  } catch (error) {
    peer[Symbol.dispose]();
    throw error;
  }
}

/**
 * Makes links one after the other, has each fetched by one receiver more than it is for, and takes every second
 * one back meanwhile: everything at another server than the thing before.
 */
export class Sharer implements Actor {
  readonly name: string;
  /** The claims that were let in. */
  readonly done = new Set<string>();
  /** The links that it remembers. */
  readonly links: SharedLink[] = [];
  /** Answers that no server may give. */
  readonly wrong: string[] = [];
  readonly #ports: readonly number[];
  readonly #turn = new Turn();
  readonly #run: Promise<void>;
  #sharing: Promise<void> = Promise.resolve();
  #asked = 0;
  #port = 0;
  #isOver = false;

  /** @param ports of all servers; it begins at the first */
  constructor(name: string, ports: readonly number[]) {
    this.name = name;
    this.#ports = ports;
    this.#run = this.#loop();
  }

  /** Whether it has ever asked for a link with a note. */
  hasAskedFor(note: string): boolean {
    const [name, number] = note.split(" ");
    return name === this.name && Number(number) <= this.#asked;
  }

  async rest(): Promise<void> {
    this.#turn.rest();
    await within(this.#sharing, `${this.name} to be answered`, () => {}, 4 * ELECTION_MS);
  }

  resume(): void {
    this.#turn.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#turn.resume();
    await this.#run;
  }

  async #loop(): Promise<void> {
    while (!this.#isOver) {
      await pause(PACE_MS);
      await this.#turn.next();
      if (this.#isOver) return;
      this.#sharing = this.#share();
      await this.#sharing;
    }
  }

  /** Never rejects. */
  async #share(): Promise<void> {
    const number = ++this.#asked;
    const link: SharedLink = {
      note: `${this.name} ${number}`,
      count: 1 + number % 3,
      made: "refused",
      id: null,
      password: null,
      claims: new Map(),
      revoked: null,
      isTried: false,
    };
    this.links.push(link);
    if (this.links.length > REMEMBERED) this.links.shift();
    await this.#make(link);
    if (link.id === null || this.#isOver) return;
    const claims = Array.from({ length: link.count + 1 }, (_, at) => `${link.note} claim ${at}`);
    const isRevoked = number % 2 === 0;
    const revoke = () => pause(number * 7 % 100).then(() => this.#revoke(link));
    const receive = claims.map((claim) => this.#receive(link, claim));
    await Promise.all([...receive, ...(isRevoked ? [revoke()] : [])]);
    if (isRevoked || this.#isOver) return;
    await Promise.all(claims.map((claim) => this.#comeAgain(link, claim)));
  }

  async #make(link: SharedLink): Promise<void> {
    const { note, count } = link;
    const use = { path: SHARED, kind: "get", life: LIFE_MS, note, count };
    const { fate, json } = await this.#ask(this.#member(), "LINK", use);
    link.made = fate;
    if (fate !== "done") return;
    link.id = String(json.link);
    link.password = new ScramPassword(String(json.secret));
  }

  async #revoke(link: SharedLink): Promise<void> {
    const { fate } = await this.#ask(this.#member(), "UNLK", { link: link.id });
    link.revoked = fate;
  }

  async #receive(link: SharedLink, claim: string): Promise<void> {
    const visitor = visit(this.#nextPort(), link, claim);
    const { fate } = await this.#ask(visitor, "FGET", { path: SHARED });
    link.claims.set(claim, fate);
    if (fate === "done") this.done.add(claim);
  }

  /** A claim that was let in stays open at all servers. */
  async #comeAgain(link: SharedLink, claim: string): Promise<void> {
    if (link.claims.get(claim) !== "done") return;
    const visitor = visit(this.#nextPort(), link, claim);
    const { refusal } = await this.#ask(visitor, "FGET", { path: SHARED });
    if (refusal.includes("link-")) this.wrong.push(`${claim} came again, and got ${refusal}`);
  }

  async #member(): Promise<Protocol2Peer> {
    const peer = await connectTo(this.#nextPort());
    return await orDispose(peer, logIn(peer, SHARER.name, PASSWORD));
  }

  #nextPort(): number {
    return this.#ports[this.#port++ % this.#ports.length]!;
  }

  /** Sends a request on a connection, which it closes. Never rejects. */
  async #ask(opening: Promise<Protocol2Peer>, type: string, fields: Json): Promise<Answer> {
    let fate: Fate = "refused";
    try {
      using peer = await opening;
      fate = "unknown";
      await peer.ask(type, fields);
      const message = await peer.read();
      if (message === null) return { fate, json: {}, refusal: "" };
      const { json } = message;
      if (message.type !== "FAIL") return { fate: "done", json, refusal: "" };
      const refusal = `${json.code} ${json.reason}`;
      if (!EXPECTED[type]!.includes(String(json.code))) this.wrong.push(`${type} got ${refusal}`);
      return { fate: OPEN.includes(String(json.reason)) ? "unknown" : "refused", json, refusal };
    } catch (error) {
      return { fate, json: {}, refusal: String(error) };
    }
  }
}

/** The answer to a request. */
interface Answer {
  readonly fate: Fate;
  /** The content of the answer, if there was one. */
  readonly json: Json;
  /** How it was refused, if it was. */
  readonly refusal: string;
}
