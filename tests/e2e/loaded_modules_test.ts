import { assert, assertEquals } from "@std/assert";
import { loadedByUrl } from "../../scripts/pack/loaded_by_url.ts";
import { ROOT, sourcesBelow } from "../helpers/source_files.ts";

const PROGRAMS = ["server.ts", "client.ts"];

/** A module as `deno info` describes it. */
interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

/** An import. One that is only of types has no `code`. */
interface Dependency {
  readonly code?: { readonly specifier?: string };
  readonly isDynamic?: boolean;
}

/** What `deno info` told, by entry. */
const told = new Map<string, ReturnType<typeof askModules>>();
const BY_URL: string[] = [];
for (const module of loadedByUrl(ROOT).values()) BY_URL.push(...(await modulesOf(module)).read);

Deno.test("server.ts, client.ts, mod.ts: load the announcer only when it is wanted", async () => {
  const isAnnouncer = (name: string) => /discovery\/announce\.ts$|dnssd-advertise/.test(name);
  await Promise.all([...PROGRAMS, "mod.ts"].map((entry) => assertLater(entry, isAnnouncer)));
});

Deno.test("server.ts, client.ts: load nothing of mDNS for commands that do without", async () => {
  const isOfMdns = (name: string) => /\/discovery\/|dns-packet|dgram/.test(name);
  await Promise.all(PROGRAMS.map((entry) => assertLater(entry, isOfMdns)));
});

Deno.test("server.ts, client.ts: load the checks of doctor for that command alone", async () => {
  const isCheck = (name: string) => /client\/diagnose\.ts$|server\/self_check\.ts$/.test(name);
  await Promise.all(PROGRAMS.map((entry) => assertLater(entry, isCheck)));
});

Deno.test("server.ts, client.ts, mod.ts: read nothing of NATS and of the page before they are asked for", async () => {
  const isOfNats = (name: string) => /\/nats_\w+\.ts$|nats-io/.test(name);
  const isOfPage = (name: string) => /web\/(?:assets|web_front)\.ts$/.test(name);
  for (const entry of [...PROGRAMS, "mod.ts"]) {
    const { read } = await modulesOf(entry);
    assertEquals(read.filter(isOfNats), [], entry);
    assertEquals(read.filter(isOfPage), [], entry);
  }
  for (const is of [isOfNats, isOfPage]) assert(BY_URL.some(is));
});

Deno.test("loadedByUrl: finds all that the code names by where it is", () => {
  const uses = [...sourcesBelow("lib")].flatMap(({ code }) =>
    code.match(/\bimport\.meta\b/g) ?? []
  );
  assertEquals(loadedByUrl(ROOT).size, uses.length);
});

/** Asserts that the import of an entry loads none of some modules, which are there. */
async function assertLater(entry: string, isMeant: (name: string) => boolean): Promise<void> {
  const { read, loaded } = await modulesOf(entry);
  assert(loaded.length > 20, entry);
  assertEquals(loaded.filter(isMeant), [], entry);
  assert([...read, ...BY_URL].some(isMeant), entry);
}

/** The modules that Deno reads before it runs an entry, and those of them that its import loads. */
function modulesOf(entry: string): ReturnType<typeof askModules> {
  const modules = told.get(entry) ?? askModules(entry);
  told.set(entry, modules);
  return modules;
}

async function askModules(entry: string): Promise<{ read: string[]; loaded: string[] }> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: ROOT,
  }).output();
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    roots: string[];
    modules: Module[];
  };
  return {
    read: reached(roots, modules, () => true),
    loaded: reached(roots, modules, ({ isDynamic }) => isDynamic !== true),
  };
}

/** The modules that code reaches from the roots: `deno info` lists those of types, too. */
function reached(
  roots: readonly string[],
  modules: readonly Module[],
  follows: (dependency: Dependency) => boolean,
): string[] {
  const byName = new Map(modules.map((each) => [each.specifier, each]));
  const names = new Set(roots);
  for (const name of names) {
    for (const dependency of byName.get(name)?.dependencies ?? []) {
      const specifier = dependency.code?.specifier;
      if (specifier !== undefined && follows(dependency)) names.add(specifier);
    }
  }
  return [...names];
}
