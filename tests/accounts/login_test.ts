import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { AttemptLimiter } from "../../lib/accounts/attempt_limiter.ts";
import { Login } from "../../lib/accounts/login.ts";
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { logInTo, TestAccounts } from "../helpers/accounts.ts";
import { assertAuthFailed, thrownBy } from "../helpers/scram.ts";

const RIGHT = new ScramPassword("pencil");
const WRONG = new ScramPassword("crayon");

/** A server with the account `Ana`, whose limiter's time stands still unless it is moved. */
async function setUp() {
  const accounts = new TestAccounts();
  await accounts.store.add("Ana", "pencil", "member");
  const clock = { nowMs: 0 };
  const limiter = new AttemptLimiter({ now: () => clock.nowMs });
  const services = { store: accounts.store, limiter };
  return {
    store: accounts.store,
    clock,
    limiter,
    login: (address = "192.0.2.1") => new Login(services, address),
    [Symbol.dispose]: () => accounts[Symbol.dispose](),
  };
}

/** The number of failures that a login needs to wait for so many milliseconds is not of interest. */
function failFrom(limiter: AttemptLimiter, address: string): void {
  using attempt = limiter.begin(address, "ana");
  attempt?.fail();
}

Deno.test("a login tells whose it is", async () => {
  using fixture = await setUp();
  const { account } = await logInTo(fixture.login(), "ANA", RIGHT);
  assertEquals(account, fixture.store.find("ana"));
});

Deno.test("a wrong password and an unknown user fail alike, and count alike", async () => {
  using fixture = await setUp();
  for (const [address, user] of [["192.0.2.1", "Ana"], ["192.0.2.2", "nobody"]]) {
    const login = fixture.login(address);
    assertAuthFailed(await thrownBy(() => logInTo(login, user!, WRONG)));
    using next = fixture.limiter.begin(address!, "x");
    assertEquals(next?.waitMs, 1_000);
  }
});

Deno.test("a connection has so many attempts", async () => {
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

Deno.test("the last attempt is as good as the first, and a success gives all of them back", async () => {
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

Deno.test("attempts that are begun and left, or out of turn, count too", async () => {
  using fixture = await setUp();
  const login = fixture.login();
  const first = () => new ScramClient("ana", RIGHT).first;
  login.start(first());
  assertAuthFailed(await thrownBy(() => login.start("garbage")));
  assertAuthFailed(await thrownBy(() => login.finish("garbage")));
  login.start(first());
  login.start(first());
  assertFalse(login.isExhausted); // That one may still go well
  assertAuthFailed(await thrownBy(() => login.start(first())));
  assert(login.isExhausted);
});

Deno.test("the message of a login that another one took the place of is refused", async () => {
  using fixture = await setUp();
  const login = fixture.login();
  const client = new ScramClient("ana", RIGHT);
  const clientFinal = await client.handleFirst(login.start(client.first));
  login.start(new ScramClient("ana", RIGHT).first);
  assertAuthFailed(await thrownBy(() => login.finish(clientFinal)));
});

Deno.test("an account that changes while somebody logs in to it lets nobody in", async () => {
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

Deno.test("a login from where others failed waits, and then goes well", async () => {
  using fixture = await setUp();
  failFrom(fixture.limiter, "192.0.2.1");
  fixture.clock.nowMs += 990;
  const before = performance.now();
  await logInTo(fixture.login(), "ana", RIGHT);
  assert(performance.now() - before >= 9);
});

Deno.test("a login that waits ends when its connection is closed, and costs nothing", async () => {
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

Deno.test("logins beyond those that may wait are refused, with the reason", async () => {
  using fixture = await setUp();
  for (let i = 0; i < 7; i++) failFrom(fixture.limiter, "192.0.2.1");
  using _waiting = fixture.limiter.begin("192.0.2.1", "ana");
  const error = await thrownBy(() => logInTo(fixture.login(), "ana", RIGHT));
  assert(error instanceof RequestError);
  assertEquals([error.code, error.reason], ["rate-limited", "login-delayed"]);
  await logInTo(fixture.login("192.0.2.2"), "ana", RIGHT);
});
