import { type Mutant, mutantsOf, tests } from "./mutant.ts";

const LOGIN = tests("accounts/login");
const LIMITER = tests("accounts/attempt_limiter");
const BANS = tests("chat/bans");
const REQUESTS = tests("server/rights");
const NICKS = tests("chat/hub_nicks");

/** Defects in logins, bans, nicks and sessions. */
export const LOGINS: readonly Mutant[] = [
  ...mutantsOf("lib/accounts/login.ts", LOGIN, {
    "an account that was removed meanwhile logs in": [
      "holder === null || !isCurrent(this.#services, holder)",
      "holder === null",
    ],
    "a connection has any number of attempts": [
      'if (this.#failures > LIMITS.failedLogins) throw new RequestError("auth-failed");',
      "",
    ],
    "failed logins are not counted": ["attempt.fail();", ""],
  }),
  ...mutantsOf("lib/accounts/scram_server.ts", tests("accounts/scram_server"), {
    "any password is right": [
      "if (!isProof(message.proof, offer.verifier, authMessage))",
      "if (false)",
    ],
    "a login can be replayed": ["nonce === offer.nonce && ", ""],
    "the binding of a login is not compared": [
      "if (message.binding !== offer.binding) throw relayed();",
      "",
      tests("accounts/scram_server", "hostile/relayed_login"),
    ],
    "a login that was kept from being bound is accepted": [
      'if (message.flag === "y" && this.#endPoint !== null) throw relayed();',
      "",
      tests("accounts/scram_server", "hostile/relayed_login"),
    ],
    "a login without binding is accepted by the bound mechanism": [
      "if (isBound !== (this.#mechanism === SCRAM_PLUS_MECHANISM)) throw authFailed();",
      "",
    ],
    "a user acts for another": ["return actor === null || actor === user;", "return true;"],
  }),
  ...mutantsOf("lib/client/open_connection.ts", tests("hostile/relayed_login"), {
    "a key is remembered before the login has proven it": [
      "if (target.login === undefined || owner !== null) await remember();",
      "await remember();",
    ],
    "a login over TLS remembers no key": [
      "    await remember();\n    return { connection, account };",
      "    return { connection, account };",
    ],
  }),
  ...mutantsOf("lib/web/ws_socket.ts", tests("web/ws_socket"), {
    "a WebSocket is a way around the binding": [
      "return this.#socket.serverEndPoint;",
      "return undefined;",
    ],
  }),
  ...mutantsOf("lib/accounts/scram_client.ts", tests("accounts/scram_client"), {
    "a client that could bind does not say so": ['flag: "y" };', 'flag: "n" };'],
    "a server without the account is believed": [
      'if (!timingSafeEqual(signature, this.#expected)) throw unproven("its signature is wrong");',
      "",
    ],
    "a server asks for too few iterations": ["iterations < LIMITS.scramIterationsMin || ", ""],
    "a server asks for too many iterations": [" || iterations > LIMITS.scramIterationsMax", ""],
    "a server reuses an old login": ["!nonce.startsWith(this.#nonce) || ", ""],
  }),
  ...mutantsOf("lib/accounts/attempt_limiter.ts", tests("cluster/shared_attempts"), {
    "more servers give more guesses": ["this.#budgets.take(budgetOf(account, origin), nowMs);", ""],
  }),
  ...mutantsOf("lib/accounts/attempt_limiter.ts", LIMITER, {
    "a login waits for any time": ["if (pairDueMs - nowMs > LIMITS.loginDelayMs) return null;", ""],
    "many addresses guess without limit": [
      "if (!this.#budgets.take(budget, nowMs)) return",
      "if (false) return",
    ],
    "many addresses lock the owner out": [
      "if (!this.#known.has(pair)) {",
      "if (true) {",
    ],
    "a few addresses lock the owner out": ["isSuspect ? `suspect ${account}` : account", "account"],
    "a wrong password tells that an account exists": [
      "new LoginAttempt(0, true,",
      "new LoginAttempt(0, false,",
    ],
    "an address guesses at many accounts as fast as it can": [
      "failures >= LIMITS.addressFreeFailures ? LIMITS.addressLoginMs : 0",
      "0",
    ],
    "guesses from an address keep its other accounts out": [
      "Math.min(dueOf(origin, nowMs, originDelay), nowMs + LIMITS.loginDelayMs)",
      "dueOf(origin, nowMs, originDelay)",
    ],
    "connections at once guess faster than one": ["if (pending > 0) due =", "if (false) due ="],
    "a success elsewhere clears the failures": [
      "this.#known.add(pair);",
      'this.#known.add(pair);\n    this.#addresses.touch(pair.split(" ")[0] ?? "", 0).failures = 0;',
    ],
  }),
  ...mutantsOf("lib/server/session/login_requests.ts", tests("server/ban"), {
    "a banned account logs in": [
      "if (services.bans.findName(account.name) !== null)",
      "if (false)",
    ],
  }),
  ...mutantsOf("lib/chat/bans.ts", BANS, {
    "a ban never expires": [
      "kind = ? AND subject = ? AND (expires_ms IS NULL OR expires_ms > ?)",
      "kind = ? AND subject = ? AND ? > 0",
    ],
    "a ban of a name depends on case": [
      'this.#findSubject("nick", foldNick(name))',
      'this.#findSubject("nick", name)',
    ],
    "a ban depends on how the address is written": [
      "canonicalAddress(address) ?? address",
      "address",
    ],
  }),
  ...mutantsOf("lib/server/admission/connection_limiter.ts", REQUESTS, {
    "a banned address is admitted": ["if (this.#isBanned(address)) {", "if (false) {"],
    "one client too many is admitted": [
      "return this.#clients >= this.#capacity.clients;",
      "return this.#clients > this.#capacity.clients;",
      tests("server/options"),
    ],
    "one connection too many of an address is admitted": [
      "this.#clientsBySource.of(address) >= maxPerAddress",
      "this.#clientsBySource.of(address) > maxPerAddress",
      tests("server/options"),
    ],
    "places of an address are not given back": [
      "for (const source of sourcesOf(address)) this.#clientsBySource.decrement(source);",
      "",
      tests("server/options"),
    ],
  }),
  ...mutantsOf("lib/chat/nicks.ts", NICKS, {
    "the name of an account is taken by others": [
      "this.#rules.isAccountOfOther(nick, user)",
      "false",
    ],
    "the name of the server is taken": [
      "return isMisleadingNick(nick) || looksLike(nick, ADMIN_NAME) ||",
      "return looksLike(nick, ADMIN_NAME) ||",
    ],
    "a banned nick is taken": ["this.#rules.isBanned(wanted) || ", ""],
    "a nick that looks like another member's is taken": [
      "this.#findLookalike(wanted)) ?? member",
      "null) ?? member",
    ],
    "a guest learns which accounts exist": [
      "if (isMarked || member.user !== null || !this.#rules.hasAccounts()) return nick;",
      "return nick;",
    ],
    "a nick in use is taken": [
      "if (holder !== member) throw nickTaken();",
      "",
    ],
  }),
  ...mutantsOf("lib/server/context/session_tokens.ts", tests("server/session_tokens"), {
    "the token of a session outlives it": ["this.#sessions.delete(token);", ""],
  }),
  ...mutantsOf("lib/server/session/client_session.ts", tests("server/data_connections"), {
    "tokens of sessions that are over stay valid": [
      "if (this.#token !== null) this.#services.tokens.revoke(this.#token);",
      "",
    ],
    "data connections outlive their client": [
      'for (const session of this.#dataSessions ?? []) session.close("session-ended");',
      "",
    ],
    "a data connection is listed as a member": [
      "this.#ownIdentity.leaveChat();\n    this.#owner = owner;",
      "this.#owner = owner;",
    ],
  }),
  ...mutantsOf("lib/cli/client/client_invocation.ts", tests("e2e/prompts"), {
    "a password is asked for before the server's key is accepted": [
      "if (login.password === null && tls !== null) await settleAnyTrust(options);",
      "",
    ],
  }),
  ...mutantsOf("lib/chat/presence.ts", tests("chat/hub_arrivals"), {
    "a client that is about to log in is announced at once": [
      "if (!login && !rename) this.#pending.announce(member);",
      "this.#pending.announce(member);",
    ],
    "a client that is about to take a nick is announced at once": [
      "if (!login && !rename)",
      "if (!login)",
    ],
    "a client that never logs in is never announced": [
      "if (isLoggingIn) return loginMs;",
      "if (isLoggingIn) return Infinity;",
    ],
    "others hear of the guest that has logged in": [
      "if (this.#pending.has(member)) member.outlet",
      "if (false) member.outlet",
    ],
  }),
  ...mutantsOf("lib/client/open_connection.ts", tests("server/login_presence"), {
    "a client does not say that it logs in": [
      "login: login !== undefined && isClient,",
      "login: false,",
    ],
  }),
  ...mutantsOf("lib/page/net/page_client.ts", tests("server/login_presence"), {
    "a page does not say that it logs in": ["login: options.login !== null,", "login: false,"],
  }),
  ...mutantsOf("lib/accounts/known_logins.ts", tests("accounts/known_logins"), {
    "places that have logged in are known for ever": [" AND until_ms > ?", " AND ? > 0"],
    "places that have logged in are kept without number": [" OFFSET ?)", " OFFSET ? + 99)"],
    "addresses are kept as they are": [
      "hmac(this.#secret, `known ${pair}`)",
      "new TextEncoder().encode(pair)",
    ],
  }),
];
