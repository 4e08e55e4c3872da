import type { Greeting } from "./member.ts";
import type { Outlet } from "./outlet.ts";

/** A client that enters the chat. */
export interface NewMember extends Partial<Greeting> {
  readonly outlet: Outlet;
  /** The protocol of the connection; 1 before HELO. */
  readonly protocol: 1 | 2;
  /** The number of the connection. */
  readonly number: number;
  /** The name of the account. Default `null`. */
  readonly user?: string | null;
  /** Names the account for ever. Default `null`. */
  readonly accountId?: string | null;
  /** The network of the client, whose rooms are counted together. Default `null`: they are not. */
  readonly network?: string | null;
  /** Whether the client may read a file now. Default: it may read every file. */
  readonly mayRead?: (path: string) => boolean;
}
