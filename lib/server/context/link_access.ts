import type { AccountStore } from "../../accounts/account_store.ts";
import { type Link, linkEnd, linkFull, linkRefusal } from "../../accounts/link.ts";
import type { LinkKeeper } from "../../accounts/link_keeper.ts";
import type { LinkStore, Reservation } from "../../accounts/link_store.ts";
import { rightsOfRole, type Subject } from "../../accounts/rights.ts";
import type { RuleSource } from "../../accounts/rule_file.ts";
import type { Bans } from "../../chat/bans.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { LinkKind } from "../../protocol/link_answers.ts";
import type { RequestType } from "../../protocol/requests.ts";

/** The services of a server that decide what a link allows. */
export interface LinkServices {
  readonly links: LinkStore;
  /** Changes the links, on all servers of a cluster. */
  readonly linkKeeper: LinkKeeper;
  readonly accounts: AccountStore;
  readonly bans: Bans;
  readonly rules: RuleSource;
}

/** All requests that a link allows: a new one is denied until it is written here. */
const REQUESTS: Readonly<Record<LinkKind, ReadonlySet<RequestType>>> = {
  get: new Set<RequestType>(["LIST", "STAT", "FGET", "MGET"]),
  put: new Set<RequestType>(["FPUT", "MPUT", "MKDR"]),
};

/** Links that are made on the server's machine: the rules that name admins hold for them. */
const OPERATOR: Subject = { name: null, role: "admin", rights: rightsOfRole("admin") };

/** A transfer by a link without a count. */
const NOT_COUNTED: Disposable = { [Symbol.dispose]: () => {} };

/** A claim that was taken so long ago is taken again, to last for `claimMs` from then on. */
const RENEW_MS = 60_000;

/**
 * What a client may do that has logged in by a link: at most what the link is for, below its path, and what
 * its creator may do there at that time, who also needs the right to share it.
 */
export class LinkAccess {
  readonly #services: LinkServices;
  /** The claim of the client, which is its own word. */
  readonly #claim: string;
  #link: Link;
  #creator: Subject = OPERATOR;
  /** Until when the claim is open, milliseconds since 1970, by the clock of its keeper; 0 if it was not taken. */
  #claimedUntilMs = 0;
  /** When it was taken last, by the clock of this server: that of the keeper may be another one. */
  #takenMs = -Infinity;
  #taking: Promise<void> | null = null;
  #transfers = 0;

  /** @param claim names the receiver, to whom the link is given once for all that it fetches */
  constructor(services: LinkServices, link: Link, claim: string) {
    this.#services = services;
    this.#link = link;
    this.#claim = claim;
  }

  /** The link, as it was at the last check. */
  get link(): Link {
    return this.#link;
  }

  /** Checks that the link allows a type of request at all. @throws {RequestError} `denied` */
  checkRequest(type: RequestType): void {
    if (!REQUESTS[this.#link.kind].has(type)) throw linkRefusal("link-narrow");
  }

  /**
   * Checks that the link still works.
   *
   * @throws {RequestError} `denied` with the reason
   */
  check(nowMs: number = Date.now()): void {
    const { links } = this.#services;
    const link = links.find(this.#link.id);
    if (link === null) throw linkRefusal("link-revoked");
    this.#link = link;
    const end = linkEnd(link, nowMs);
    const isOpen = end === "used" && links.isOpen(link.id, this.#claim, nowMs);
    if (end !== null && !isOpen) throw linkRefusal(`link-${end}`);
    const creator = this.#findCreator();
    if (creator === null) throw linkRefusal("link-stopped");
    this.#creator = creator;
    if (!this.#mayShare(link.path)) throw linkRefusal("link-stopped");
  }

  /** Whether the link does not work any more. */
  hasEnded(): boolean {
    try {
      this.check();
      return false;
    } catch (error) {
      if (error instanceof RequestError) return true;
      throw error;
    }
  }

  /** Whether the link is to read a file. */
  mayRead(path: string): boolean {
    return this.#isShared("get", path) && this.#rules.mayRead(path, this.#creator);
  }

  /** Whether the link is to list a folder. */
  mayList(path: string): boolean {
    return this.#isShared("get", path) && this.#rules.mayList(path, this.#creator);
  }

  /** Whether the link is to upload a new file, or to make a folder. It replaces nothing. */
  mayWrite(path: string): boolean {
    return this.#isShared("put", path) && this.#rules.mayWrite(path, this.#creator);
  }

  /**
   * A transfer begins: it takes the claim, if the link has a count and the claim is not open. Disposal ends
   * the transfer; the claim is open for `claimMs` from then on.
   *
   * @throws {RequestError} `denied` if the link does not work, `link-used` if all claims are taken; `busy`
   */
  async begin(nowMs: number = Date.now()): Promise<Disposable> {
    const begun = this.beginClaimed(nowMs);
    if (begun !== null) return begun;
    await this.#take(nowMs);
    this.check(nowMs); // It may have been taken back meanwhile
    return this.#count();
  }

  /** As {@link begin}, but at once; `null` if a claim has to be taken first. @throws {RequestError} `denied` */
  beginClaimed(nowMs: number = Date.now()): Disposable | null {
    this.check(nowMs);
    if (this.#link.count === null) return NOT_COUNTED;
    return nowMs >= this.#claimedUntilMs ? null : this.#count();
  }

  #count(): Disposable {
    this.#transfers++;
    return {
      [Symbol.dispose]: () => {
        this.renew(); // Never rejects
        this.#transfers--;
      },
    };
  }

  /**
   * Reserves the bytes of an upload.
   *
   * @param part names what is kept of it if it breaks off; `null` for nothing
   * @throws {RequestError} `too-large` `link-full`; `denied` if the link does not work
   */
  reserve(sizeBytes: number, part: string | null = null): Reservation {
    this.check(); // Others may have spent some since
    const { links } = this.#services;
    const reservation = links.reserve(this.#link, sizeBytes, part);
    if (reservation !== null) return reservation;
    throw linkFull(links.bytesLeft(this.#link, part));
  }

  /**
   * Keeps the claim open while a transfer is under way: a large one takes longer than a claim lasts. Never
   * rejects: what fails is tried again with the next transfer, or in the next second.
   */
  async renew(nowMs: number = Date.now()): Promise<void> {
    if (this.#transfers === 0 || nowMs - this.#takenMs < RENEW_MS) return;
    await this.#take(nowMs).catch(() => {});
  }

  /** Takes the claim, once for all that need it now. */
  #take(nowMs: number): Promise<void> {
    return this.#taking ??= this.#takeNow(nowMs).finally(() => this.#taking = null);
  }

  async #takeNow(nowMs: number): Promise<void> {
    try {
      this.#claimedUntilMs = await this.#services.linkKeeper.take(this.#link.id, this.#claim);
      this.#takenMs = nowMs;
    } catch (cause) {
      if (cause instanceof RequestError) throw cause;
      throw new RequestError("busy", "Cannot count the claim of a link", { cause });
    }
  }

  /** `null` if it was removed, or is banned. */
  #findCreator(): Subject | null {
    const { accounts, bans } = this.#services;
    const { creator } = this.#link;
    if (creator === null) return OPERATOR;
    const account = accounts.find(creator.name);
    if (account?.createdMs !== creator.createdMs || bans.findName(account.name)) return null;
    return account;
  }

  #isShared(kind: LinkKind, path: string): boolean {
    const { link } = this;
    const isBelow = isWithin(path, link.path) || isWithin(path, link.truePath);
    return link.kind === kind && isBelow && this.#mayShare(path);
  }

  #mayShare(path: string): boolean {
    return this.#rules.mayShare(path, this.#creator);
  }

  get #rules() {
    return this.#services.rules.rules;
  }
}

function isWithin(path: string, folder: string): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}
