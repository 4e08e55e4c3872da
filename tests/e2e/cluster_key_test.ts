import { assertEquals, assertMatch } from "@std/assert";
import { run } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("cluster key: makes a key in a file for its owner alone, and shows what NATS needs of it", async () => {
  using folder = new TempDir();
  const path = folder.join("cluster.nk");
  const made = await run("server", ["cluster", "key", path]);
  assertEquals(made.code, 0);
  assertMatch(made.stdout, /^nkey: U[A-Z2-7]{55}\n$/);
  assertEquals(
    made.stderr,
    `The secret half is in ${path}: copy it to all servers, for --cluster-creds.\n`,
  );
  const seed = Deno.readTextFileSync(path);
  assertMatch(seed, /^SU[A-Z2-7]{56}\n$/);
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);

  const shown = await run("server", ["cluster", "key", path]);
  assertEquals([shown.code, shown.stdout, shown.stderr], [0, made.stdout, ""]);
  assertEquals(Deno.readTextFileSync(path), seed);
});

Deno.test("cluster key: leaves a file alone that holds no key", async () => {
  using folder = new TempDir();
  const path = folder.write("other.txt", "my notes");
  const { code, stdout, stderr } = await run("server", ["cluster", "key", path]);
  assertEquals([code, stdout, stderr], [1, "", `Cannot show the key: ${path} holds none\n`]);
  assertEquals(Deno.readTextFileSync(path), "my notes");
});
