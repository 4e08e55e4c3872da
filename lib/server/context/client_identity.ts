import type { Account } from "../../accounts/account.ts";
import type { Right, Subject } from "../../accounts/rights.ts";
import type { RuleSource } from "../../accounts/rule_file.ts";
import type { Hub } from "../../chat/hub.ts";
import type { Member } from "../../chat/member.ts";
import type { Greeting } from "../../chat/member.ts";
import type { Outlet } from "../../chat/outlet.ts";
import type { Departure } from "../../chat/private_messages.ts";
import { RequestError } from "../../protocol/errors.ts";
import { networkKey } from "../../stream/ip_address.ts";
import type { JobOwner } from "../../worker/fair_queue.ts";
import type { ServerSettings } from "../config/options.ts";

/** The services of a server that decide what a client may do. */
export interface IdentityServices {
  readonly settings: ServerSettings;
  readonly hub: Hub;
  readonly rules: RuleSource;
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

  /** The name of the account, or `null` for a guest. */
  get user(): string | null {
    return this.#account?.name ?? null;
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
    return this.#account !== null || !this.#services.settings.requireAccount;
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

  /** The client has sent a frame. */
  onFrame(): void {
    if (this.#member !== null) this.#services.hub.privateMessages.onFrame(this.#member);
  }

  /** Leaves the chat. Repeated calls do nothing. */
  leaveChat(how: Departure = "lost"): void {
    if (this.#member !== null) this.#services.hub.leave(this.#member, how);
    this.#member = null;
  }

  /**
   * Sets the account after a login. The account's name becomes the nick, unless another member has
   * it.
   *
   * @param outlet the client's connection
   */
  logIn(account: Account, outlet: Outlet): void {
    const { hub } = this.#services;
    this.#account = account;
    if (this.#member !== null) hub.identify(this.#member, account.name, this.#accountId);
    if (!this.has("chat")) return this.leaveChat();
    this.enterChat(outlet, 2);
    if (this.#member === null) return;
    hub.admit(this.#member, account.name);
    hub.privateMessages.deliverKept(this.#member);
  }

  /** Whether the client has a right, apart from the rules of folders. */
  has(right: Right): boolean {
    return this.#subject.rights.has(right);
  }

  /** Checks that the client may send requests at all. */
  checkAdmitted(): void {
    if (!this.isAdmitted) throw new RequestError("unauthenticated");
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
    this.checkAdmitted();
    if (!this.mayRead(path)) throw this.#hidden();
  }

  /** Checks that the client may list a folder. */
  checkList(path: string): void {
    this.checkAdmitted();
    if (!this.mayList(path)) throw this.#hidden();
  }

  /** Checks that the client may upload to a path. */
  checkWrite(path: string, replace: boolean): void {
    this.checkAdmitted();
    const { settings, rules } = this.#services;
    const may = replace
      ? rules.rules.mayReplace(path, this.#subject)
      : rules.rules.mayWrite(path, this.#subject);
    if (!settings.uploads) throw new RequestError("denied", undefined, { reason: "uploads-off" });
    if (!may) throw new RequestError("denied");
  }

  /** Whether the client may see and download a file. */
  mayRead(path: string): boolean {
    return this.#services.rules.rules.mayRead(path, this.#subject);
  }

  /** Whether the client may list a folder. */
  mayList(path: string): boolean {
    return this.#services.rules.rules.mayList(path, this.#subject);
  }

  /** Whether the client may write a path, as far as that depends on nothing else than the client. */
  mayWrite(path: string): boolean {
    const { settings, rules } = this.#services;
    return settings.uploads && rules.rules.mayWrite(path, this.#subject);
  }

  /** Names the account for ever: one that gets its name after its removal is another one. */
  get #accountId(): string | null {
    return this.#account === null ? null : `${this.#account.createdMs}:${this.#account.name}`;
  }

  get #subject(): Subject {
    return this.#account ?? this.#services.guest;
  }

  /**
   * A path without read permission is reported as `not-found`; `denied` only if the client may read
   * nothing at all.
   */
  #hidden(): RequestError {
    return new RequestError(this.mayList("") ? "not-found" : "denied");
  }
}
