import { assert, assertEquals } from "@std/assert";
import { descriptorLimit } from "../../lib/files/system.ts";
import { planCapacity } from "../../lib/server/admission/capacity.ts";

const WISHED = { maxClients: 10_000, maxWorkers: 32 };

Deno.test("where the limit of descriptors is not known, what was wished holds", () => {
  const { clients, workers } = planCapacity(WISHED, null);
  assertEquals({ clients, workers }, { clients: 10_000, workers: 32 });
});

Deno.test("a high limit leaves room for all that was wished", () => {
  const { clients, workers } = planCapacity(WISHED, 20_000);
  assertEquals({ clients, workers }, { clients: 10_000, workers: 32 });
});

Deno.test("clients are as many as fit in beside all else, to the last descriptor", () => {
  const enough = 10_000 + 36 + 32 * 8 + 256;
  assertEquals(planCapacity(WISHED, enough - 1).clients, 9_999);
  assertEquals(planCapacity(WISHED, enough).clients, 10_000);
  assertEquals(planCapacity(WISHED, enough + 1).clients, 10_000);
});

Deno.test("workers take a quarter of the descriptors at the most", () => {
  assertEquals(planCapacity(WISHED, 1_024).workers, 32);
  assertEquals(planCapacity(WISHED, 1_023).workers, 31);
  assertEquals(planCapacity(WISHED, 64).workers, 2);
});

Deno.test("however low the limit, one client and one worker are tried", () => {
  for (const descriptors of [0, 1, 40]) {
    const { clients, workers, refusals } = planCapacity(WISHED, descriptors);
    assertEquals([clients, workers], [1, 1]);
    assert(refusals >= 1);
  }
});

Deno.test({
  name: "the limit of descriptors is the one that the shell set",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const script = new URL("../../lib/files/system.ts", import.meta.url).href;
    const code = `import { descriptorLimit } from "${script}"; console.log(descriptorLimit());`;
    const command = new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 77; exec "$0" eval "$1"', Deno.execPath(), code],
    });
    const { stdout } = await command.output();
    assertEquals(new TextDecoder().decode(stdout).trim(), "77");
    assert((descriptorLimit() ?? 0) > 77);
  },
});
