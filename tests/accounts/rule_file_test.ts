import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { guestSubject } from "../../lib/accounts/rights.ts";
import { RuleError } from "../../lib/accounts/rule_error.ts";
import { RULE_FILE_NAME, RuleFile } from "../../lib/accounts/rule_file.ts";
import { RuleSet } from "../../lib/accounts/rule_set.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { unprivilegedPrefix } from "../helpers/unprivileged.ts";

const GUEST = guestSubject(new Set());

/** A rule file, the clock of its `RuleFile`, and the events of that. */
class Fixture implements Disposable {
  readonly #temp = new TempDir();
  readonly path = this.#temp.join(RULE_FILE_NAME);
  readonly errors: string[] = [];
  reloads = 0;
  nowMs = 0;
  #writes = 0;

  async open(): Promise<RuleFile> {
    const file = await RuleFile.open(this.path, {
      now: () => this.nowMs,
      onError: (error) => this.errors.push(this.#summaryOf(error)),
    });
    file.onChange(() => this.reloads++);
    return file;
  }

  #summaryOf(error: RuleError | DiskError): string {
    return error instanceof RuleError
      ? `${error.code} ${error.line}:${error.column}`
      : `disk ${error.code}`;
  }

  /** Writes rules with a modification time that no other write has. */
  write(text: string | Uint8Array): void {
    this.#temp.write(RULE_FILE_NAME, text);
    Deno.utimeSync(this.path, 1_000 + ++this.#writes, 1_000 + this.#writes);
  }

  remove(): void {
    Deno.removeSync(this.path);
  }

  [Symbol.dispose](): void {
    this.#temp[Symbol.dispose]();
  }
}

const isOpen = (rules: RuleSet) => rules.mayRead("a", GUEST);

/** Checks the file a second later. */
async function checkAgain(fixture: Fixture, file: RuleFile): Promise<boolean> {
  fixture.nowMs += 1_000;
  return isOpen(await file.current());
}

Deno.test("RuleFile.open: has no rules without a file", async () => {
  using fixture = new Fixture();
  const file = await fixture.open();
  assertStrictEquals(file.rules, RuleSet.EMPTY);
  assertStrictEquals(await file.current(), RuleSet.EMPTY);
});

Deno.test("RuleFile.open: reads the rules", async () => {
  using fixture = new Fixture();
  fixture.write("a read *");
  const file = await fixture.open();
  assert(isOpen(file.rules));
  assertEquals([fixture.reloads, fixture.errors], [0, []]);
});

Deno.test("RuleFile.open: throws for a file that cannot be parsed or read", async () => {
  using fixture = new Fixture();
  fixture.write("a read *\na reed *");
  assertEquals((await assertRejects(() => fixture.open(), RuleError)).line, 2);
  fixture.write(new Uint8Array([0x61, 0xff]));
  assertEquals((await assertRejects(() => fixture.open(), RuleError)).code, "encoding");
  fixture.remove();
  Deno.mkdirSync(fixture.path);
  await assertRejects(() => fixture.open(), DiskError, "not a regular file");
});

Deno.test({
  name: "RuleFile.open: throws for a dangling link",
  ignore: Deno.build.os === "windows",
  async fn() {
    using fixture = new Fixture();
    Deno.symlinkSync("nowhere", fixture.path);
    await assertRejects(() => fixture.open(), DiskError);
  },
});

Deno.test({
  name: "RuleFile.open: throws for a file or a folder without permission",
  ignore: unprivilegedPrefix() === null,
  async fn() {
    using temp = new TempDir();
    const files = [temp.write("rules", "a read *"), temp.write("folder/rules", "a read *")];
    Deno.chmodSync(files[0]!, 0);
    Deno.chmodSync(temp.join("folder"), 0);
    {
      await using child = new ChildProcess("rules_child.ts", files, unprivilegedPrefix()!);
      for (let i = 0; i < 2; i++) {
        assertEquals(await child.nextLine(), { event: "refused", code: "denied" });
      }
    }
    Deno.chmodSync(temp.join("folder"), 0o700);
  },
});

Deno.test("RuleFile.open: limits the size of the file", async () => {
  const maximum = LIMITS.ruleFileBytes;
  const filled = (length: number) => "a read *\n#".padEnd(length, "x");
  using fixture = new Fixture();
  for (const length of [maximum - 1, maximum]) {
    fixture.write(filled(length));
    assert(isOpen((await fixture.open()).rules));
  }
  fixture.write(filled(maximum + 1));
  assertEquals((await assertRejects(() => fixture.open(), RuleError)).code, "file-long");
});

Deno.test("RuleFile.current: uses a change once two checks, a second apart, see the same file", async () => {
  using fixture = new Fixture();
  fixture.write("a none *");
  const file = await fixture.open();
  fixture.write("a read *");
  assert(!await checkAgain(fixture, file));
  assert(await checkAgain(fixture, file));
  assertEquals([fixture.reloads, fixture.errors], [1, []]);
  for (let i = 0; i < 3; i++) await checkAgain(fixture, file);
  assertEquals(fixture.reloads, 1);
});

Deno.test("RuleFile.current: ignores a file that keeps changing", async () => {
  using fixture = new Fixture();
  fixture.write("a none *");
  const file = await fixture.open();
  for (let i = 0; i < 3; i++) {
    fixture.write("");
    assert(!await checkAgain(fixture, file));
    fixture.write("a read *");
    assert(!await checkAgain(fixture, file));
  }
  assert(await checkAgain(fixture, file));
});

Deno.test("RuleFile.current: checks the file at most once a second", async () => {
  using fixture = new Fixture();
  fixture.write("a none *");
  const file = await fixture.open();
  fixture.write("a read *");
  await checkAgain(fixture, file);
  fixture.nowMs += 999;
  assert(!isOpen(await file.current()));
  fixture.nowMs += 1;
  assert(isOpen(await file.current()));
});

Deno.test("RuleFile.current: shares a check between concurrent callers", async () => {
  using fixture = new Fixture();
  fixture.write("a none *");
  const file = await fixture.open();
  fixture.write("a read *");
  await checkAgain(fixture, file);
  fixture.nowMs += 1_000;
  const all = await Promise.all(Array.from({ length: 50 }, () => file.current()));
  assert(all.every(isOpen));
  assertEquals(fixture.reloads, 1);
});

Deno.test("RuleFile.reload: uses a change at once, even during a check", async () => {
  using fixture = new Fixture();
  fixture.write("a none *");
  const file = await fixture.open();
  fixture.write("a read *");
  fixture.nowMs += 1_000;
  const [, , reloaded] = await Promise.all([file.current(), file.current(), file.reload()]);
  assert(isOpen(reloaded));
  assertEquals(fixture.reloads, 1);
  await file.reload();
  assertEquals(fixture.reloads, 1); // Nothing had changed
});

Deno.test("RuleFile: keeps the rules after a mistake, and reports it once for each change", async () => {
  using fixture = new Fixture();
  fixture.write("a read *");
  const file = await fixture.open();
  fixture.write("a none *\n\nb reed *");
  for (let i = 0; i < 4; i++) assert(await checkAgain(fixture, file));
  assertEquals(fixture.errors, ["rights-unknown 3:3"]);
  fixture.write("a none *\n\nb reed *\n");
  for (let i = 0; i < 4; i++) assert(await checkAgain(fixture, file));
  assertEquals(fixture.errors, ["rights-unknown 3:3", "rights-unknown 3:3"]);
  fixture.write("a none *");
  await checkAgain(fixture, file);
  assert(!await checkAgain(fixture, file));
  assertEquals([fixture.errors.length, fixture.reloads], [2, 1]);
});

Deno.test("RuleFile: forgets a mistake that the old text replaces", async () => {
  using fixture = new Fixture();
  fixture.write("a read *");
  const file = await fixture.open();
  fixture.write("a");
  await file.reload();
  fixture.write("a read *");
  assert(isOpen(await file.reload()));
  assertEquals([fixture.errors, fixture.reloads], [["rights-missing 1:2"], 1]);
});

Deno.test("RuleFile.current: has no rules once two checks find no file", async () => {
  using fixture = new Fixture();
  fixture.write("a read *");
  const file = await fixture.open();
  fixture.remove();
  assert(await checkAgain(fixture, file));
  assert(!await checkAgain(fixture, file));
  assertStrictEquals(file.rules, RuleSet.EMPTY);
  fixture.write("a read *");
  await checkAgain(fixture, file);
  assert(await checkAgain(fixture, file));
  assertEquals([fixture.reloads, fixture.errors], [2, []]);
});

Deno.test("RuleFile: reports an unreadable file once, until it is readable again", async () => {
  using fixture = new Fixture();
  fixture.write("a read *");
  const file = await fixture.open();
  for (let round = 1; round <= 2; round++) {
    fixture.remove();
    Deno.mkdirSync(fixture.path);
    for (let i = 0; i < 3; i++) assert(await checkAgain(fixture, file));
    assertEquals(fixture.errors.length, round);
    fixture.remove();
    fixture.write("a read *");
    for (let i = 0; i < 3; i++) assert(await checkAgain(fixture, file));
  }
  assertEquals(fixture.errors, ["disk io", "disk io"]);
});
