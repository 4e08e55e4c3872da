import { type ChatEvent, encodeEvent } from "../protocol/chat_events.ts";
import type { ClientHello } from "../protocol/hello.ts";
import { isPortable } from "../protocol/path.ts";
import type { KeptFile } from "./kept_event.ts";
import { type Mailbox, mailboxOf } from "./mailbox.ts";
import type { Outlet } from "./outlet.ts";
import type { Person } from "./person.ts";

/** What a client says of itself in HELO. */
export interface Greeting extends Pick<ClientHello, "present" | "names" | "login" | "rename"> {
  /** The digest of the secret by which the client comes back; `null` if it does not. */
  readonly resume: string | null;
}

/** The initial state of a {@link Member}. */
export interface MemberOptions extends Partial<Greeting> {
  /** Unique on the server. */
  readonly nick: string;
  /** The name of the account, or `null`. */
  readonly user: string | null;
  /** Names the account for ever, also where another one gets its name. Default `null`. */
  readonly accountId?: string | null;
  /** The protocol of the connection. */
  readonly protocol: 1 | 2;
  readonly outlet: Outlet;
  /** The number of the connection. Default 0. */
  readonly number?: number;
  /** The network of the client, whose rooms are counted together. Default `null`: they are not. */
  readonly network?: string | null;
  /** Whether the client may read a file now. Default: it may read every file. */
  readonly mayRead?: (path: string) => boolean;
}

/** A client in the chat. Only this folder changes it. */
export class Member implements Person {
  /** When the client entered the chat, milliseconds since 1970. */
  readonly sinceMs: number = Date.now();
  /** The nick that the member entered with; no other member can take it. */
  readonly defaultNick: string;
  readonly outlet: Outlet;
  /** The number of the connection. */
  readonly number: number;
  /** The network of the client, or `null`. */
  readonly network: string | null;
  readonly #mayRead: (path: string) => boolean;
  #nick: string;
  #user: string | null;
  #protocol: 1 | 2;
  #hasLeft = false;
  #isPresent: boolean;
  #takesNames: boolean;
  #resume: string | null;
  #accountId: string | null;
  #isLoggingIn: boolean;
  #away: string | null = null;
  #roomNames: readonly string[] = [];

  /** A member of no room. */
  constructor(options: MemberOptions) {
    const { nick, user, protocol, outlet, network = null, number = 0 } = options;
    const { present = true, names = true, mayRead = () => true } = options;
    const { resume = null, accountId = null, login = false } = options;
    this.#isLoggingIn = login && user === null;
    this.#resume = resume;
    this.#accountId = accountId;
    this.#isPresent = present;
    this.#takesNames = names;
    this.defaultNick = nick;
    this.#nick = nick;
    this.#user = user;
    this.#protocol = protocol;
    this.outlet = outlet;
    this.number = number;
    this.network = network;
    this.#mayRead = mayRead;
  }

  /** Unique on the server. */
  get nick(): string {
    return this.#nick;
  }

  /** The name of the account, or `null`. */
  get user(): string | null {
    return this.#user;
  }

  /** The protocol of the connection; 1 before HELO. */
  get protocol(): 1 | 2 {
    return this.#protocol;
  }

  /** Whether the client has left the chat. It can do nothing more. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** The rooms of the member, in the order of joining. The only record of its memberships. */
  get roomNames(): readonly string[] {
    return this.#roomNames;
  }

  /**
   * Whether the client takes part in the chat. One that does not is in no list, and gets no private
   * messages; it may still speak in any room.
   */
  get isPresent(): boolean {
    return this.#isPresent;
  }

  /** Sets whether the client takes part in the chat. */
  setPresent(present: boolean): void {
    this.#isPresent = present;
  }

  /** What the client says while it is away; `null` if it is not. */
  get away(): string | null {
    return this.#away;
  }

  /** Sets what the client says while it is away; `null` if it is back. */
  setAway(text: string | null): void {
    this.#away = text;
  }

  /** Changes the nick. The new nick must be free. */
  setNick(nick: string): void {
    this.#nick = nick;
  }

  /** Whether the client has said that it is about to log in, and has not yet. */
  get isLoggingIn(): boolean {
    return this.#isLoggingIn;
  }

  /** Sets the name of the account, after a login. */
  setUser(user: string, accountId: string | null): void {
    this.#isLoggingIn = false;
    this.#user = user;
    this.#accountId = accountId;
  }

  /** Where private messages are kept while the client is away; `null` if it does not come back. */
  get mailbox(): Mailbox | null {
    return mailboxOf(this.#resume, this.#accountId);
  }

  /** Switches to protocol 2, after HELO. */
  setProtocol2({ names, resume, login = false }: Greeting): void {
    this.#isLoggingIn = login;
    this.#protocol = 2;
    this.#takesNames = names;
    this.#resume = resume;
  }

  /** Whether the member may know of a file now: read it by either path, and take its name. */
  mayKnow({ path, truePath = path }: KeptFile): boolean {
    if (!this.#mayRead(path) || !this.#mayRead(truePath)) return false;
    return this.#takesNames || isPortable(path);
  }

  /** Marks the member as having left the chat and all rooms. */
  setLeft(): void {
    this.#hasLeft = true;
    this.#roomNames = [];
  }

  /** Records a membership. */
  addRoom(name: string): void {
    // A copy of the exact length: `push` reserves 17 places, for each of many members
    this.#roomNames = [...this.#roomNames, name];
  }

  /** Removes a membership. */
  removeRoom(name: string): void {
    this.#roomNames = this.#roomNames.filter((other) => other !== name);
  }

  /**
   * Sends an event at once, ahead of what waits in the rooms.
   *
   * @param line the frame for a member of protocol 1; `null` for none
   */
  send(event: ChatEvent, line: Uint8Array | null): void {
    if (this.#protocol === 2) this.outlet.send(encodeEvent(event));
    else if (line !== null) this.outlet.send(line);
  }
}
