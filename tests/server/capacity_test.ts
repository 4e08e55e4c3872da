import { assert, assertEquals } from "@std/assert";
import { descriptorLimit } from "../../lib/files/system.ts";
import { planCapacity } from "../../lib/server/admission/capacity.ts";

const CONFIGURED = { maxClients: 10_000, maxWorkers: 32 };

Deno.test("planCapacity: keeps the configured numbers if the limit of descriptors is unknown", () => {
  const { clients, workers } = planCapacity(CONFIGURED, null);
  assertEquals({ clients, workers }, { clients: 10_000, workers: 32 });
});

Deno.test("planCapacity: keeps the configured numbers with a high limit", () => {
  const { clients, workers } = planCapacity(CONFIGURED, 20_000);
  assertEquals({ clients, workers }, { clients: 10_000, workers: 32 });
});

Deno.test("planCapacity: gives clients every descriptor that is not reserved", () => {
  const enough = 10_000 + 36 + 32 * 8 + 256;
  assertEquals(planCapacity(CONFIGURED, enough - 1).clients, 9_999);
  assertEquals(planCapacity(CONFIGURED, enough).clients, 10_000);
  assertEquals(planCapacity(CONFIGURED, enough + 1).clients, 10_000);
});

Deno.test("planCapacity: gives workers at most a quarter of the descriptors", () => {
  assertEquals(planCapacity(CONFIGURED, 1_024).workers, 32);
  assertEquals(planCapacity(CONFIGURED, 1_023).workers, 31);
  assertEquals(planCapacity(CONFIGURED, 64).workers, 2);
});

Deno.test("planCapacity: allows one client and one worker with any limit", () => {
  for (const descriptors of [0, 1, 40]) {
    const { clients, workers, refusals } = planCapacity(CONFIGURED, descriptors);
    assertEquals([clients, workers], [1, 1]);
    assert(refusals >= 1);
  }
});

Deno.test({
  name: "descriptorLimit: returns the limit that the shell has set",
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
