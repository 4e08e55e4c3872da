/// <reference lib="dom" />
import { effect } from "@preact/signals-core";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { PageModel, Transfer, TransferState } from "../../lib/page/model/page_model.ts";
import { MAX_COMPARED } from "../../lib/page/state/check_file.ts";
import { downloadJob } from "../../lib/page/state/transfer_jobs.ts";
import { linkLogin } from "../../lib/page/net/link_login.ts";
import { numberedPath } from "../../lib/page/state/numbered_path.ts";
import { nextTurn } from "../../lib/async/next_turn.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { addAccounts, LinkServer, MEMBERS_SHARE } from "../helpers/links.ts";
import { PageFixture, until } from "../helpers/page_fixture.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const MIB = 1024 * 1024;

function fileOf(content: string | Uint8Array<ArrayBuffer>, name: string): File {
  return new File([content], name, { lastModified: 1_700_000_000_000 });
}

const only = ({ transfers }: PageModel): Transfer => transfers.list.value[0]!;

async function reach({ state, error }: Transfer, wanted: TransferState): Promise<void> {
  const isIt = () => state.value === wanted;
  await until(() => isIt() || state.value === "failed", wanted);
  if (!isIt()) throw error.value;
}

const read = (fixture: PageFixture, path: string): Uint8Array =>
  Deno.readFileSync(fixture.server.root.join(path));

Deno.test("transfers: sends files, offers them in the room, and counts them", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const page = await fixture.open();
  const room = page.talk.conversations.value[0]!;
  page.transfers.sendFiles([fileOf("one", "1.txt"), fileOf("two", "2.txt")], "in", room.id);
  const [second, first] = page.transfers.list.value;
  await reach(first!, "verified");
  await reach(second!, "verified");
  assertEquals([first?.path, first?.sha256.value], ["in/1.txt", sha256Of("one")]);
  assertEquals(new TextDecoder().decode(read(fixture, "in/2.txt")), "two");
  await until(() => page.transfers.summary.value.done === 2, "the summary");
  assertEquals(page.transfers.summary.value.active, 0);
  const offers = () => room.entries.value.filter(({ kind }) => kind === "file");
  await until(() => offers().length === 2, "the offers");
  assertEquals(offers().map(({ file }) => file?.path).toSorted(), ["in/1.txt", "in/2.txt"]);
  page.transfers.clearFinished();
  assertEquals([page.transfers.list.value.length, fixture.jobs.jobs.size], [0, 0]);
});

Deno.test("transfers: fetches a file, which is saved only when it is right", async () => {
  const bytes = patternedBytes(9 * MIB);
  await using fixture = await PageFixture.start({}, { "a/b.bin": bytes });
  const page = await fixture.open();
  page.transfers.get("a/b.bin", bytes.length);
  await reach(only(page), "verified");
  const blob = fixture.saved.get("b.bin");
  assertEquals(sha256Of(new Uint8Array(await blob!.arrayBuffer())), sha256Of(bytes));
  const right = await page.transfers.checkFile(fileOf(bytes, "b.bin"), null);
  assertEquals([right.isRight, right.path, right.sha256], [true, "a/b.bin", sha256Of(bytes)]);
  const wrong = await page.transfers.checkFile(fileOf(bytes.with(5, 1), "b.bin"), "a/b.bin");
  assertEquals(wrong.isRight, false);
});

Deno.test("checkFile: finds the file of the server by its content, whatever the name", async () => {
  await using fixture = await PageFixture.start({}, {
    "a/report.pdf": "one",
    "b/report.pdf": "two",
    "b/other.txt": "thr",
    "b/long.txt": "another size",
  });
  const { transfers } = await fixture.open();
  const check = async (content: string, name: string) => {
    const { sha256, ...rest } = await transfers.checkFile(fileOf(content, name), null);
    assertEquals(sha256, sha256Of(content));
    return rest;
  };
  const right = { isRight: true, sameSize: 3 };
  assertEquals(await check("two", "report (1).pdf"), {
    ...right,
    path: "b/report.pdf",
    compared: 2,
  });
  assertEquals(await check("thr", "renamed"), { ...right, path: "b/other.txt", compared: 2 });
  assertEquals(await check("bad", "report (12).pdf"), {
    isRight: false,
    path: "a/report.pdf",
    sameSize: 3,
    compared: 3,
  });
  const none = { isRight: null, path: null };
  assertEquals(await check("bad", "new.pdf"), { ...none, sameSize: 3, compared: 3 });
  assertEquals(await check("of no size there", "a"), { ...none, sameSize: 0, compared: 0 });
});

Deno.test("checkFile: compares so many files of a size, and tells of how many", async () => {
  const names = Array.from({ length: MAX_COMPARED + 1 }, (_, i) => [`${i}.txt`, "same"] as const);
  await using fixture = await PageFixture.start({}, Object.fromEntries(names));
  const { transfers } = await fixture.open();
  const { sameSize, compared, isRight } = await transfers.checkFile(fileOf("else", "x"), null);
  assertEquals([sameSize, compared, isRight], [MAX_COMPARED + 1, MAX_COMPARED, null]);
});

Deno.test("transfers: what the page cannot check is left to the browser, and said so", async () => {
  await using fixture = await PageFixture.start({}, { "big é.bin": new Uint8Array(17 * MIB) });
  const page = await fixture.open();
  page.transfers.get("big é.bin", 17 * MIB);
  await reach(only(page), "unchecked");
  assertMatch(fixture.followed[0]!, /\/files\/big%20%C3%A9\.bin/);
});

Deno.test("transfers: by a link, what the page cannot check is not got", async () => {
  using data = new TempDir();
  await addAccounts(data);
  data.write("rules", MEMBERS_SHARE);
  const setup = { dataDirectory: data.path };
  await using fixture = await PageFixture.start(setup, { "big.bin": new Uint8Array(17 * MIB) });
  const { link, secret } = await new LinkServer(fixture.server, data).share("big.bin");
  fixture.login = await linkLogin(`${link}.${secret}`, fixture.browser);
  const page = await fixture.open();
  await page.folder.open("big.bin");
  await page.transfers.getAll(page.folder.rows.value);
  await reach(only(page), "failed");
  const error = only(page).error.value;
  assertEquals(error instanceof DOMException && error.name, "QuotaExceededError");
  assertEquals(fixture.followed, []);
});

Deno.test("transfers: go on by themselves after cuts, in both directions", async () => {
  const bytes = patternedBytes(16 * MIB);
  await using fixture = await PageFixture.start({ uploads: true }, { "down.bin": bytes });
  const page = await fixture.open();
  page.transfers.sendFiles([fileOf(bytes, "up.bin")], "");
  page.transfers.get("down.bin", bytes.length);
  for (let cut = 0; cut < 3; cut++) {
    const moving = page.transfers.list.value.some(({ done }) => done.value > 0);
    if (!moving) {
      await until(() => page.transfers.list.value.some(({ done }) => done.value > 0), "it");
    }
    fixture.proxy.cutAll("reset");
    page.reconnect();
  }
  for (const transfer of page.transfers.list.value) await reach(transfer, "verified");
  assertEquals(sha256Of(read(fixture, "up.bin")), sha256Of(bytes));
});

Deno.test("transfers: a file in the way is asked about: skipped, replaced, or both are kept", async () => {
  await using fixture = await PageFixture.start({ uploads: true }, { "a.txt": "old" });
  const page = await fixture.open();
  const send = async () => {
    page.transfers.sendFiles([fileOf("new", "a.txt")], "");
    const transfer = only(page);
    await reach(transfer, "exists");
    return transfer;
  };
  page.transfers.answerConflict((await send()).id, "skip", false);
  assertEquals(page.transfers.list.value.length, 0);
  const both = await send();
  page.transfers.answerConflict(both.id, "keep-both", false);
  await reach(both, "verified");
  assertEquals(both.path, "a (2).txt");
  const replaced = await send();
  page.transfers.answerConflict(replaced.id, "replace", true);
  await reach(replaced, "verified");
  assertEquals(new TextDecoder().decode(read(fixture, "a.txt")), "new");
  assertEquals(new TextDecoder().decode(read(fixture, "a (2).txt")), "new");
});

Deno.test("transfers: an answer for all holds until nothing is under way", async () => {
  await using fixture = await PageFixture.start({ uploads: true }, {
    "a": "1",
    "b": "2",
    "c": "3",
  });
  const page = await fixture.open();
  page.transfers.sendFiles(["a", "b", "c"].map((name) => fileOf("new", name)), "");
  await reach(only(page), "exists");
  page.transfers.answerConflict(only(page).id, "replace", true);
  for (const transfer of page.transfers.list.value) await reach(transfer, "verified");
});

for (const [answer, lists] of [["replace", 0], ["skip", 1]] as const) {
  Deno.test(`transfers: ${answer} for all is one change of the summary, ${lists} of the list`, async () => {
    const names = ["a", "b", "c"];
    const files = Object.fromEntries(names.map((name) => [name, ""]));
    await using fixture = await PageFixture.start({ uploads: true }, files);
    const { transfers } = await fixture.open();
    transfers.sendFiles(names.map((name) => fileOf("new", name)), "");
    for (const transfer of transfers.list.value) await reach(transfer, "exists");
    const changes = { list: -1, summary: -1 };
    const stops = [
      effect(() => void (transfers.list.value, changes.list++)),
      effect(() => void (transfers.summary.value, changes.summary++)),
    ];
    transfers.answerConflict(transfers.list.value[0]!.id, answer, true);
    assertEquals(changes, { list: lists, summary: 1 });
    for (const stop of stops) stop();
  });
}

Deno.test("transfers: pause and go on, cancel, and fail with the server's reason", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const page = await fixture.open();
  const bytes = patternedBytes(40 * MIB);
  page.transfers.sendFiles([fileOf(bytes, "up.bin")], "");
  const transfer = only(page);
  await until(() => transfer.done.value > 9 * MIB, "some of it");
  page.transfers.pause(transfer.id);
  assertEquals(transfer.state.value, "paused");
  assertEquals([...fixture.jobs.jobs.values()].map(({ isPaused }) => isPaused), [true]);
  page.transfers.resume(transfer.id);
  await reach(transfer, "verified");
  assert(transfer.resumedAt.value > 0);
  page.transfers.sendFiles([fileOf(bytes, "other.bin")], "");
  page.transfers.cancel(only(page).id);
  assertEquals(page.transfers.list.value.length, 1);
  page.transfers.get("missing", 1);
  await until(() => only(page).state.value === "failed", "the failure");
  assertEquals((only(page).error.value as RequestError).code, "not-found");
});

Deno.test("transfers: after a reload, a file that the browser cannot open again is asked for", async () => {
  const rateLimits = { total: 10 * MIB }; // The upload is not over before the page is closed
  await using fixture = await PageFixture.start({ uploads: true, rateLimits }, {
    "d.bin": patternedBytes(MIB),
  });
  const first = await fixture.open();
  const bytes = patternedBytes(30 * MIB);
  first.transfers.sendFiles([fileOf(bytes, "up.bin")], "");
  await until(() => only(first).done.value > 17 * MIB, "some of it");
  fixture.close();
  fixture.server.server.rateLimits = {};
  const page = await fixture.open();
  await until(() => page.transfers.list.value.length === 1, "the job");
  await until(() => only(page).state.value === "needs-file", "the question");
  await page.transfers.giveFile(only(page).id, fileOf(bytes, "up.bin"));
  await reach(only(page), "verified");
  assert(only(page).resumedAt.value > 0);
  assertEquals(sha256Of(read(fixture, "up.bin")), sha256Of(bytes));
  assertEquals(fixture.jobs.jobs.size, 0);
});

Deno.test("transfers: a file that is sent before the kept ones are read is sent once", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const { model: page, ready } = fixture.load();
  const { list } = page.transfers;
  fixture.jobs.onLoad = async () => {
    page.transfers.sendFiles([fileOf("one", "1.txt")], "");
    for (let turn = 0; turn < 5; turn++) await nextTurn();
  };
  await ready;
  await until(() => list.value.length > 0, "the transfer");
  await reach(list.value.at(-1)!, "verified");
  assertEquals(list.value.map(({ path }) => path), ["1.txt"]);
});

Deno.test("transfers: a file is sent where the kept ones cannot be read", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  fixture.jobs.onLoad = () => Promise.reject(new DOMException("closing", "InvalidStateError"));
  const page = await fixture.open();
  page.transfers.sendFiles([fileOf("one", "1.txt")], "");
  await until(() => page.transfers.list.value.length === 1, "the transfer");
  await reach(only(page), "verified");
});

Deno.test("numberedPath: counts, before the extension", () => {
  assertEquals(numberedPath("a/b.txt"), "a/b (2).txt");
  assertEquals(numberedPath("a/b (2).txt"), "a/b (3).txt");
  assertEquals(numberedPath("x.d/name"), "x.d/name (2)");
  assertEquals(numberedPath(".rc"), ".rc (2)");
  assertEquals(numberedPath("a.tar.gz"), "a.tar (2).gz");
});

Deno.test("transfers: the part of a transfer that any tab goes on with is not forgotten", async () => {
  await using fixture = await PageFixture.start();
  const kept = Promise.withResolvers<ReadonlySet<string>>();
  fixture.privateFiles = {
    hasRoom: () => Promise.resolve(false),
    open: () => Promise.reject(new Error("There is none")),
    remove: () => Promise.resolve(),
    sweep: (parts) => Promise.resolve(kept.resolve(parts)),
  };
  const job = downloadJob("a.bin", 1);
  const { file: _, picked: _1, offerIn: room, ...rest } = job;
  // It was kept before it had a part
  fixture.jobs.put([{ ...rest, room, tab: "another", isPaused: true }]);
  fixture.load();
  assertEquals([...await kept.promise].includes(`part-${job.id}`), true);
});
