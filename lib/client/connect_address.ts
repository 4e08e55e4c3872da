import { type LinkKey, linkUser } from "../protocol/link_key.ts";
import { parseTarget } from "../stream/target.ts";
import { checkText } from "./check_arguments.ts";
import type { ConnectOptions } from "./connect_options.ts";
import type { LoginOptions } from "./log_in.ts";
import type { TlsTrustOptions } from "./tls_trust.ts";

/** Options beside an address. What both say must be the same. */
export interface AddressOptions extends Omit<ConnectOptions, "hostname" | "port"> {
  /** The password of the user in the address. Reusing a `login` object makes later logins cheaper. */
  readonly password?: string;
}

/** What an address and the options beside it mean. */
export interface ResolvedAddress {
  readonly options: ConnectOptions;
  /** The room to join; `null` for none. */
  readonly room: string | null;
}

/**
 * The options for an address.
 *
 * @throws {TargetError} for a text that is no address
 * @throws {TypeError} where address and options contradict each other, for a user without a password,
 * and for an address with a path, but that of a link
 */
export function resolveAddress(address: string, options: AddressOptions): ResolvedAddress {
  checkText("connect", "the address", address);
  const { hostname, port, hosts, user, path, tls, fingerprint, room, link } = parseTarget(address);
  if (path !== null && link === null) {
    throw new TypeError(`Cannot connect: the address has a path, ${path}; parseTarget reads it`);
  }
  const { password, login: givenLogin, tls: givenTls, ...rest } = options;
  if (user !== null && link !== null) throw contradiction(user, "the link");
  const login = link === null ? loginOf(user, password, givenLogin) : loginByLink(link, options);
  const trust = trustOf(tls, fingerprint, givenTls);
  return {
    options: {
      ...rest,
      hostname,
      port,
      ...(hosts.length > 0 && { hosts }),
      ...(login !== undefined && { login }),
      ...(trust !== undefined && { tls: trust }),
    },
    room,
  };
}

function loginByLink({ id, secret }: LinkKey, { password, login }: AddressOptions): LoginOptions {
  if (password !== undefined) throw contradiction("password", "the link");
  if (login === undefined) return { user: linkUser(id), password: secret };
  if (login.user !== linkUser(id)) throw contradiction(login.user, "the link");
  return login;
}

function loginOf(
  user: string | null,
  password: string | undefined,
  login: LoginOptions | undefined,
): LoginOptions | undefined {
  if (login !== undefined && password !== undefined) throw contradiction("login", "password");
  if (user === null) {
    if (password !== undefined) throw new TypeError("Cannot connect: the address names no user");
    return login;
  }
  if (login === undefined) {
    checkText("connect", `the password of ${user}`, password);
    return { user, password: password ?? "" };
  }
  if (login.user !== user) throw contradiction(user, login.user);
  return login;
}

function trustOf(
  tls: boolean,
  fingerprint: string | null,
  options: TlsTrustOptions | undefined,
): TlsTrustOptions | undefined {
  if (fingerprint === null) return options ?? (tls ? {} : undefined);
  const given = options?.fingerprint ?? fingerprint;
  if (given !== fingerprint) throw contradiction(fingerprint, given);
  return { ...options, fingerprint };
}

function contradiction(first: string, second: string): TypeError {
  return new TypeError(`Cannot connect: ${first} and ${second} contradict each other`);
}
