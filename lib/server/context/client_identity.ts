import type { Account } from "../../accounts/account.ts";
import type { Right, Subject } from "../../accounts/rights.ts";
import type { Member } from "../../chat/member.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { Outlet } from "../../chat/outlet.ts";
import type { ServerSettings } from "../config/options.ts";
import type { RuleSource } from "../../accounts/rule_file.ts";
import type { Hub } from "../../chat/hub.ts";

/** The services of a server that decide what a client may do. */
export interface IdentityServices {
  readonly settings: ServerSettings;
  readonly hub: Hub;
  readonly rules: RuleSource;
  /** Stands for every client without an account. */
  readonly guest: Subject;
}

/**
 * Who a client is, and what it may do, from its first frame to its last. Its data connections share
 * it.
 *
 * The checks throw a `RequestError`: `unauthenticated` before a login that is required, `denied`
 * where a right is missing, and `not-found` for what the rules hide.
 */
export class ClientIdentity {
  readonly #services: IdentityServices;
  #account: Account | null = null;
  #member: Member | null = null;

  /**
   * @param id the number of the client
   * @param address of the client
   */
  constructor(readonly id: number, readonly address: string, services: IdentityServices) {
    this.#services = services;
  }

  /** The account, or `null` for a guest. */
  get account(): Account | null {
    return this.#account;
  }

  /** The name of the account, or `null` for a guest. */
  get user(): string | null {
    return this.#account?.name ?? null;
  }

  /** The name in the chat, or `guest-N`, which it would have there. */
  get nick(): string {
    return this.#member?.nick ?? `guest-${this.id}`;
  }

  /** The client in the chat; `null` where it takes no part in it. */
  get member(): Member | null {
    return this.#member;
  }

  /** What the log tells of it. */
  get label(): { client: number; user?: string } {
    const { id: client, user } = this;
    return { client, ...(user !== null && { user }) };
  }

  /** Whether nothing is asked for before anything else. */
  get isAdmitted(): boolean {
    return this.#account !== null || !this.#services.settings.requireAccount;
  }

  /** Enters the chat, if the client may. @param outlet its connection */
  enterChat(outlet: Outlet, protocol: 1 | 2): void {
    const { hub, settings } = this.#services;
    if (this.#member !== null || !settings.chat || !this.isAdmitted || !this.has("chat")) return;
    const { id: number, user } = this;
    this.#member = hub.enter({ outlet, protocol, number, user });
  }

  /** Takes no part in the chat any more. Repeated calls do nothing. */
  leaveChat(): void {
    if (this.#member !== null) this.#services.hub.leave(this.#member);
    this.#member = null;
  }

  /**
   * Has logged in. It takes the account's name as its nick, unless somebody has it.
   *
   * @param outlet its connection
   */
  async logIn(account: Account, outlet: Outlet): Promise<void> {
    const { hub } = this.#services;
    this.#account = account;
    if (this.#member !== null) hub.identify(this.#member, account.name);
    if (!this.has("chat")) return this.leaveChat();
    this.enterChat(outlet, 2);
    if (this.#member === null) return;
    try {
      await hub.rename(this.#member, account.name);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
  }

  /** Whether it has a right in general. */
  has(right: Right): boolean {
    return this.#subject.rights.has(right);
  }

  /** For anything at all. */
  checkAdmitted(): void {
    if (!this.isAdmitted) throw new RequestError("unauthenticated");
  }

  /** For speaking and listening. */
  checkChat(): Member {
    this.checkAdmitted();
    if (!this.#services.settings.chat) throw new RequestError("unsupported");
    if (this.#member === null) throw new RequestError("denied");
    return this.#member;
  }

  /** For downloading a file, or learning of it. */
  checkRead(path: string): void {
    this.checkAdmitted();
    if (!this.mayRead(path)) throw this.#hidden();
  }

  /** For listing a folder. */
  checkList(path: string): void {
    this.checkAdmitted();
    if (!this.mayList(path)) throw this.#hidden();
  }

  /** For uploading a file under that path. */
  checkWrite(path: string, replace: boolean): void {
    this.checkAdmitted();
    const { settings, rules } = this.#services;
    const may = replace
      ? rules.rules.mayReplace(path, this.#subject)
      : rules.rules.mayWrite(path, this.#subject);
    if (!settings.uploads || !may) throw new RequestError("denied");
  }

  /** Whether it may see and download a file. */
  mayRead(path: string): boolean {
    return this.#services.rules.rules.mayRead(path, this.#subject);
  }

  /** Whether it may see a folder. */
  mayList(path: string): boolean {
    return this.#services.rules.rules.mayList(path, this.#subject);
  }

  get #subject(): Subject {
    return this.#account ?? this.#services.guest;
  }

  /** What somebody may not read is not there for him, if there is anything that he may read. */
  #hidden(): RequestError {
    return new RequestError(this.mayList("") ? "not-found" : "denied");
  }
}
