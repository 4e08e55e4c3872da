import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { AttemptLimiter } from "../../lib/accounts/attempt_limiter.ts";
import { LinkStore } from "../../lib/accounts/link_store.ts";
import { isOfLink, Login } from "../../lib/accounts/login.ts";
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { logInTo, TestAccounts } from "../helpers/accounts.ts";
import { assertAuthFailed, thrownBy } from "../helpers/scram.ts";

const RIGHT = new ScramPassword("pencil");
const WRONG = new ScramPassword("crayon");

/** A server with the account `Ana` and a limiter whose clock the test controls. */
async function setUp() {
  const accounts = new TestAccounts();
  await accounts.store.add("Ana", "pencil", "member");
  const clock = { nowMs: 0 };
  const limiter = new AttemptLimiter({ now: () => clock.nowMs });
  const links = new LinkStore(accounts.database);
  const services = { store: accounts.store, links, limiter };
  return {
    store: accounts.store,
    clock,
    limiter,
    login: (address = "192.0.2.1") => new Login(services, address),
    [Symbol.dispose]: () => accounts[Symbol.dispose](),
  };
}

/** Adds a failed login from an address. */
function failFrom(limiter: AttemptLimiter, address: string): void {
  using attempt = limiter.begin(address, "ana");
  attempt?.fail();
}

Deno.test("isOfLink: tells logins by links from others, by what the client sends first", () => {
  const first = (user: string) => new ScramClient(user, RIGHT).first;
  for (const user of ["link:k7f3q2mx", "link:aaaaaaaa"]) assert(isOfLink(first(user)));
  for (const user of ["ana", "k7f3q2mx", "link:", "link:K7F3Q2MX", "link:k7f3q2mxx"]) {
    assertFalse(isOfLink(first(user)), user);
  }
  for (const text of ["", "n,,", "link:k7f3q2mx"]) assertFalse(isOfLink(text), text);
});

Deno.test("Login: returns the account", async () => {
  using fixture = await setUp();
  const { holder } = await logInTo(fixture.login(), "ANA", RIGHT);
  assertEquals(holder, { kind: "account", account: fixture.store.find("ana")! });
});

Deno.test("Login: fails alike for a wrong password and an unknown user, and counts both", async () => {
  using fixture = await setUp();
  for (const [address, user] of [["192.0.2.1", "Ana"], ["192.0.2.2", "unknown"]]) {
    const login = fixture.login(address);
    assertAuthFailed(await thrownBy(() => logInTo(login, user!, WRONG)));
    using next = fixture.limiter.begin(address!, user!);
    assertEquals(next?.waitMs, 1_000);
  }
});

Deno.test("Login: allows a limited number of attempts", async () => {
  using fixture = await setUp();
  const login = fixture.login();
  for (let i = 1; i <= LIMITS.failedLogins; i++) {
    assertFalse(login.isExhausted);
    fixture.clock.nowMs += 60_000;
    assertAuthFailed(await thrownBy(() => logInTo(login, "ana", WRONG)));
  }
  assert(login.isExhausted);
  assertAuthFailed(await thrownBy(() => logInTo(login, "ana", RIGHT)));
});

Deno.test("Login: accepts the last attempt, and resets the count after a success", async () => {
  using fixture = await setUp();
  const login = fixture.login();
  for (let round = 0; round < 2; round++) {
    for (let i = 1; i < LIMITS.failedLogins; i++) {
      fixture.clock.nowMs += 60_000;
      assertAuthFailed(await thrownBy(() => logInTo(login, "ana", WRONG)));
    }
    fixture.clock.nowMs += 60_000;
    await logInTo(login, "ana", RIGHT);
    assertFalse(login.isExhausted);
  }
});

Deno.test("Login: counts abandoned and unexpected steps", async () => {
  using fixture = await setUp();
  const login = fixture.login();
  const first = () => new ScramClient("ana", RIGHT).first;
  login.start(first());
  assertAuthFailed(await thrownBy(() => login.start("garbage")));
  assertAuthFailed(await thrownBy(() => login.finish("garbage")));
  login.start(first());
  login.start(first());
  assertFalse(login.isExhausted); // The login under way may still succeed
  assertAuthFailed(await thrownBy(() => login.start(first())));
  assert(login.isExhausted);
});

Deno.test("Login: refuses client-final of a replaced login", async () => {
  using fixture = await setUp();
  const login = fixture.login();
  const client = new ScramClient("ana", RIGHT);
  const clientFinal = await client.handleFirst(login.start(client.first));
  login.start(new ScramClient("ana", RIGHT).first);
  assertAuthFailed(await thrownBy(() => login.finish(clientFinal)));
});

Deno.test("Login: fails if the account changes during the login", async () => {
  for (const change of ["remove", "setPassword", "replace"] as const) {
    using fixture = await setUp();
    const login = fixture.login();
    const client = new ScramClient("ana", RIGHT);
    const clientFinal = await client.handleFirst(login.start(client.first));
    if (change === "setPassword") await fixture.store.setPassword("ana", "other");
    else fixture.store.remove("ana");
    if (change === "replace") await fixture.store.add("ana", "pencil", "admin");
    assertAuthFailed(await thrownBy(() => login.finish(clientFinal)));
  }
});

Deno.test("Login: waits after failures from its address, then succeeds", async () => {
  using fixture = await setUp();
  failFrom(fixture.limiter, "192.0.2.1");
  fixture.clock.nowMs += 990;
  const before = performance.now();
  await logInTo(fixture.login(), "ana", RIGHT);
  assert(performance.now() - before >= 9);
});

Deno.test("Login: stops waiting when the connection closes, at no cost", async () => {
  using fixture = await setUp();
  for (let i = 0; i < 7; i++) failFrom(fixture.limiter, "192.0.2.1");
  const controller = new AbortController();
  const waiting = logInTo(fixture.login(), "ana", WRONG, controller.signal);
  const reason = new Error("closed");
  setTimeout(() => controller.abort(reason), 5);
  assertStrictEquals(await thrownBy(() => waiting), reason);
  assertStrictEquals(
    await thrownBy(() => logInTo(fixture.login(), "ana", WRONG, controller.signal)),
    reason,
  );
  using next = fixture.limiter.begin("192.0.2.1", "ana");
  assertEquals(next?.waitMs, 30_000);
});

Deno.test("Login: refuses logins that would wait too long, with the reason", async () => {
  using fixture = await setUp();
  for (let i = 0; i < 7; i++) failFrom(fixture.limiter, "192.0.2.1");
  using _waiting = fixture.limiter.begin("192.0.2.1", "ana");
  const error = await thrownBy(() => logInTo(fixture.login(), "ana", RIGHT));
  assert(error instanceof RequestError);
  assertEquals([error.code, error.reason], ["rate-limited", "login-delayed"]);
  await logInTo(fixture.login("192.0.2.2"), "ana", RIGHT);
});

Deno.test("Login: hides that a wrong password was checked where a stranger is refused", async () => {
  using fixture = await setUp();
  await logInTo(fixture.login(), "ana", RIGHT);
  for (let i = 0; i < LIMITS.accountGuesses; i++) failFrom(fixture.limiter, `198.51.100.${i}`);
  for (const address of ["192.0.2.1", "192.0.2.2"]) {
    const error = await thrownBy(() => logInTo(fixture.login(address), "ana", WRONG));
    assert(error instanceof RequestError);
    assertEquals([error.code, error.reason], ["rate-limited", "login-delayed"]);
  }
  fixture.clock.nowMs += 1_000;
  await logInTo(fixture.login("192.0.2.1"), "ana", RIGHT);
});
