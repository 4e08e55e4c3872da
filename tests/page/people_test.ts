/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { IgnoredPeople } from "../../lib/page/state/ignored_people.ts";
import { keptIn } from "../../lib/page/text/kept.ts";
import { withoutIgnored } from "../../lib/page/view/message_groups.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { PageFixture, until } from "../helpers/page_fixture.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("talk: shows and counts nothing of ignored people, also after a reload and a new nick", async () => {
  await using fixture = await PageFixture.start();
  using ana = await fixture.connect();
  await ana.request("NICK", { nick: "Ana" });
  const page = await fixture.open();
  await page.talk.setNick("bob");
  page.talk.ignore("ana", true);
  await ana.request("NICK", { nick: "Other" });
  await until(() => page.talk.ignored.value.has("other"), "the new nick");
  assertEquals([...page.talk.ignored.value], ["other"]);
  page.talk.see(false);
  await ana.request("SEND", { to: "bob", text: "psst" });
  await ana.request("SEND", { room: "lobby", text: "hello" });
  const [lobby, ...others] = page.talk.conversations.value;
  await until(() => lobby!.entries.value.some(({ text }) => text === "hello"), "the message");
  assertEquals([lobby!.unread.value, others], [0, []]);
  const shown = withoutIgnored(lobby!.entries.value, page.talk.ignored.value);
  assertEquals(shown.some(({ text }) => text === "hello"), false);
  fixture.close();
  const next = await fixture.open();
  assertEquals([...next.talk.ignored.value], ["other"]);
  next.talk.ignore("OTHER", false);
  assertEquals(fixture.browser.texts.has("ignored"), false);
});

Deno.test("talk: tells of a person the account, the rooms and what it says while it is away", async () => {
  await using fixture = await PageFixture.start();
  using ana = await fixture.connect();
  await ana.request("NICK", { nick: "ana" });
  await ana.request("JOIN", { room: "design" });
  await ana.request("AWAY", { text: "at lunch" });
  const page = await fixture.open();
  const { since, ...person } = await page.talk.whois("Ana") ?? { since: 0 };
  assertEquals(person, { user: null, away: "at lunch", rooms: ["lobby"] });
  assertEquals(Date.now() - since < 60_000, true);
  assertEquals(await page.talk.whois("nobody"), null);
});

Deno.test("page: says that another client has its nick, until it takes another one", async () => {
  using data = new TempDir();
  {
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    await accounts.store.add("ana", "secret", "member");
  }
  await using fixture = await PageFixture.start({ dataDirectory: data.path });
  const first = await fixture.open();
  await first.logIn("ana", "secret");
  await until(() => first.me.value?.nick === "ana", "the nick");
  assertEquals(first.takenNick.value, null);
  const second = await fixture.open();
  await until(() => second.takenNick.value === "ana", "the note");
  await second.talk.setNick("ana-2");
  assertEquals(second.takenNick.value, null);
});

Deno.test("page: says that the server needs TLS now, and where it is", async () => {
  await using fixture = await PageFixture.start();
  const page = await fixture.open();
  fixture.needsTls = true;
  fixture.proxy.refuse();
  fixture.proxy.cutAll("reset");
  await until(() => page.connection.value.kind === "needs-tls", "the end");
  assertEquals(page.connection.value, { kind: "needs-tls", url: "https://127.0.0.1" });
});

Deno.test("IgnoredPeople: keeps a thousand of them, those that came last", () => {
  const people = new IgnoredPeople(keptIn(() => ({ getItem: () => null, setItem() {} }) as never));
  for (let i = 0; i <= 1_000; i++) people.set(`n${i}`, true);
  assertEquals([people.nicks.value.size, people.has("n0"), people.has("n1000")], [
    1_000,
    false,
    true,
  ]);
});
