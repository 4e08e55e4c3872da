import type { Account } from "../../accounts/account.ts";
import type { Right, Subject } from "../../accounts/rights.ts";
import type { Hub } from "../../chat/hub.ts";
import type { Greeting, Member } from "../../chat/member.ts";
import type { Outlet } from "../../chat/outlet.ts";
import type { Departure } from "../../chat/private_messages.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { LinkKind } from "../../protocol/link_answers.ts";
import { linkUser } from "../../protocol/link_key.ts";
import { networkKey } from "../../stream/ip_address.ts";
import type { JobOwner } from "../../worker/fair_queue.ts";
import type { RequestType } from "../../protocol/requests.ts";
import type { ServerSettings } from "../config/options.ts";
import type { LinkAccess, LinkServices } from "./link_access.ts";
import { welcome } from "./welcome.ts";

/** The services of a server that decide what a client may do. */
export interface IdentityServices extends LinkServices {
  readonly settings: ServerSettings;
  readonly hub: Hub;
  /** The subject of every client without an account. */
  readonly guest: Subject;
}

/**
 * The identity and the rights of a client. Its data connections share it.
 *
 * The checks throw a `RequestError`: `unauthenticated` before a required login, `denied` if a right
 * is missing, `not-found` for a path that the rules hide, `unsupported` for chat on a server
 * without it.
 */
export class ClientIdentity {
  readonly #services: IdentityServices;
  #account: Account | null = null;
  /** What the client may do in place of anything else; `null` unless it has logged in by a link. */
  #link: LinkAccess | null = null;
  #greeting: Greeting = { present: true, names: true, resume: null, login: false };
  #member: Member | null = null;

  /**
   * @param id the number of the connection
   * @param address the address of the client, without the port
   * @param account the account that it acts for from the beginning; `null` for a guest
   */
  constructor(
    readonly id: number,
    readonly address: string,
    services: IdentityServices,
    account: Account | null = null,
  ) {
    this.#services = services;
    this.#account = account;
  }

  /** The client as the owner of jobs. */
  get owner(): JobOwner {
    return { address: this.address, client: this.id };
  }

  /** The account, or `null` for a guest. */
  get account(): Account | null {
    return this.#account;
  }

  /** What the client's link allows; `null` unless it has logged in by one. */
  get link(): LinkAccess | null {
    return this.#link;
  }

  /** Whether the client has logged in, to an account or by a link. */
  get hasLoggedIn(): boolean {
    return this.#account !== null || this.#link !== null;
  }

  /** The name of the account, `link:ID` for a link, or `null` for a guest. */
  get user(): string | null {
    return this.#link === null ? this.#account?.name ?? null : linkUser(this.#link.link.id);
  }

  /** The nick; outside the chat `guest-N`. */
  get nick(): string {
    return this.#member?.nick ?? `guest-${this.id}`;
  }

  /** The member of the chat; `null` if the client is not in the chat. */
  get member(): Member | null {
    return this.#member;
  }

  /** The fields of an event that name the client. */
  get label(): { client: number; user?: string } {
    const { id: client, user } = this;
    return { client, ...(user !== null && { user }) };
  }

  /** Whether the client has logged in, or need not. */
  get isAdmitted(): boolean {
    return this.hasLoggedIn || !this.#services.settings.requireAccount;
  }

  /** Records what the HELO of the client says of it: its member speaks protocol 2 from now on. */
  greet(greeting: Greeting): void {
    this.#greeting = greeting;
    if (this.#member !== null) this.#services.hub.upgrade(this.#member, greeting);
  }

  /** Enters the chat, if the client may. @param outlet the client's connection */
  enterChat(outlet: Outlet, protocol: 1 | 2): void {
    const { hub, settings } = this.#services;
    if (this.#member !== null || !settings.chat || !this.isAdmitted || !this.has("chat")) return;
    const { id: number, user } = this;
    this.#member = hub.enter({
      outlet,
      protocol,
      number,
      user,
      accountId: this.#accountId,
      network: networkKey(this.address),
      ...this.#greeting,
      mayRead: (path) => this.mayRead(path),
    });
  }

  /** The client has sent a frame, which is not HELO. One of protocol 1 is not greeted before. */
  onFrame(): void {
    if (this.#member !== null) this.#services.hub.standing.tellTo(this.#member);
    if (this.#member !== null) this.#services.hub.privateMessages.onFrame(this.#member);
  }

  /** Leaves the chat. Repeated calls do nothing. */
  leaveChat(how: Departure = "lost"): void {
    if (this.#member !== null) this.#services.hub.leave(this.#member, how);
    this.#member = null;
  }

  /**
   * Sets the account after a login. Its name becomes the nick, unless another member has it.
   *
   * @param outlet the client's connection
   */
  async logIn(account: Account, outlet: Outlet): Promise<void> {
    const { hub } = this.#services;
    this.#account = account;
    if (this.#member !== null) hub.identify(this.#member, account.name, this.#accountId);
    if (!this.has("chat")) return this.leaveChat();
    this.enterChat(outlet, 2);
    const member = this.#member;
    if (member === null) return;
    await hub.admit(member, account.name);
    welcome(hub, member);
  }

  /** Sets the link after a login by it: the client is no guest any more, and in no chat. */
  useLink(link: LinkAccess): void {
    this.leaveChat("quit");
    this.#link = link;
  }

  /** Whether the client has a right, apart from the rules of folders. A link has none. */
  has(right: Right): boolean {
    return this.#link === null && this.#subject.rights.has(right);
  }

  /** Checks that the client may send this type of request at all. */
  checkRequest(type: RequestType): void {
    this.checkAdmitted();
    this.#link?.checkRequest(type);
  }

  /**
   * A transfer begins, and ends at disposal. By a link with a count, it takes the client's claim.
   *
   * @throws {RequestError} `denied` once the link does not work any more; `busy`
   */
  async beginTransfer(): Promise<Disposable | null> {
    return await this.#link?.begin() ?? null;
  }

  /** Checks that the client may send requests at all. */
  checkAdmitted(): void {
    if (!this.isAdmitted) throw new RequestError("unauthenticated");
  }

  /** Checks that the client may send requests, and that its link still works. */
  checkPresent(): void {
    this.checkAdmitted();
    this.#link?.check();
  }

  /** Checks that the client may chat, and returns its member. */
  checkChat(): Member {
    this.checkAdmitted();
    if (!this.#services.settings.chat) throw new RequestError("unsupported");
    if (this.#member === null) throw new RequestError("denied");
    return this.#member;
  }

  /** Checks that the client may see and download a file. */
  checkRead(path: string): void {
    this.checkPresent();
    if (!this.mayRead(path)) throw this.#hidden();
  }

  /** Checks that the client may list a folder. */
  checkList(path: string): void {
    this.checkPresent();
    if (!this.mayList(path)) throw this.#hidden();
  }

  /** Checks that the client may upload to a path. */
  checkWrite(path: string, replace: boolean): void {
    this.checkPresent();
    const may = replace ? this.#mayReplace(path) : this.#mayMake(path);
    const { settings } = this.#services;
    if (!settings.uploads) throw new RequestError("denied", undefined, { reason: "uploads-off" });
    const reason = this.#link === null ? {} : { reason: "link-narrow" } as const;
    if (!may) throw new RequestError("denied", undefined, reason);
  }

  /** Checks that the client may make a link to a path, and returns its account: a link has an owner. */
  checkShare(path: string, kind: LinkKind): Account {
    const account = this.checkAccount();
    if (kind === "get") this.checkList(path);
    else this.checkWrite(path, false);
    if (this.#services.rules.rules.mayShare(path, account)) return account;
    throw new RequestError("denied", undefined, { reason: "share-denied" });
  }

  /** Checks that the client has logged in to an account, and returns that. */
  checkAccount(): Account {
    this.checkAdmitted();
    if (this.#account !== null) return this.#account;
    throw new RequestError("denied", undefined, { reason: "share-guest" });
  }

  /** Checks that the client may rename or remove a file or folder, apart from what is in it. */
  checkDelete(path: string): void {
    this.checkList(path);
    this.checkWrite(path, false);
    if (!this.mayDelete(path)) throw new RequestError("denied");
  }

  /** Whether no rule takes the right to `what` away from the client in a folder. */
  mayBelow(path: string, what: "delete" | "write"): boolean {
    return this.#services.rules.rules.mayBelow(path, this.#subject, what);
  }

  /** Whether the client may see and download a file. */
  mayRead(path: string): boolean {
    if (this.#link !== null) return this.#link.mayRead(path);
    return this.#services.rules.rules.mayRead(path, this.#subject);
  }

  /** Whether the client may list a folder. */
  mayList(path: string): boolean {
    if (this.#link !== null) return this.#link.mayList(path);
    return this.#services.rules.rules.mayList(path, this.#subject);
  }

  /** Whether the client may write a path, as far as that depends on nothing else than the client. */
  mayWrite(path: string): boolean {
    return this.#services.settings.uploads && this.#mayMake(path);
  }

  #mayMake(path: string): boolean {
    if (this.#link !== null) return this.#link.mayWrite(path);
    return this.#services.rules.rules.mayWrite(path, this.#subject);
  }

  #mayReplace(path: string): boolean {
    return this.#link === null && this.#services.rules.rules.mayReplace(path, this.#subject);
  }

  /** Whether the client may rename or remove a path, as far as that depends on nothing else. */
  mayDelete(path: string): boolean {
    const { settings, rules } = this.#services;
    return this.#link === null && settings.uploads && rules.rules.mayDelete(path, this.#subject);
  }

  /** Names the account for ever: one that gets its name after its removal is another one. */
  get #accountId(): string | null {
    return this.#account === null ? null : `${this.#account.createdMs}:${this.#account.name}`;
  }

  /** @throws {RequestError} `denied` for a link: what is not allowed to it by name is denied */
  get #subject(): Subject {
    if (this.#link !== null) throw new RequestError("denied", undefined, { reason: "link-narrow" });
    return this.#account ?? this.#services.guest;
  }

  /**
   * A path without read permission is reported as `not-found`; `denied` only if the client may read
   * nothing at all.
   */
  #hidden(): RequestError {
    const seesNothing = this.#link === null && !this.mayList("");
    return new RequestError(seesNothing ? "denied" : "not-found");
  }
}
