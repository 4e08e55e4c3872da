import { assert, assertEquals, assertThrows } from "@std/assert";
import { dirname, join } from "@std/path";
import { completeConsoleLine } from "../lib/cli/server/server_console.ts";
import { fillTables, listPages, type Page, readPage, tablesOf } from "../scripts/docs/pages.ts";
import { TABLES } from "../scripts/docs/tables.ts";
import { checkCommand } from "./helpers/documented_command.ts";
import { codeBlocksOf, headingsOf, linksOf, proseOf, shellCommandsOf } from "./helpers/markdown.ts";
import { ROOT } from "./helpers/source_files.ts";

const PAGES = listPages();
const PAIRS = PAGES.filter(({ language }) => language === "en").map((english) => {
  const path = english.path === "README.md"
    ? "README.pt-BR.md"
    : english.path.replace("docs/", "docs/pt-BR/");
  return { path: english.path, texts: [readPage(english), read(path)] as const };
});
/** Pages in English only. */
const OTHERS = [
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "lib/accounts/README.md",
  "lib/protocol/README.md",
];
const TASKS = Object.keys(JSON.parse(read("deno.json")).tasks);

function read(path: string): string {
  return Deno.readTextFileSync(join(ROOT, path));
}

/** The page that a path is in English. */
function inEnglish(path: string): string {
  return path.replace("docs/pt-BR/", "docs/").replace(".pt-BR.", ".");
}

/** What a link of a page leads to: a path in the project, and the number of the heading in it. */
function resolveLink(from: string, link: string): { path: string; heading: number | null } {
  const [target = "", anchor] = link.split("#");
  const path = target === "" ? from : join(dirname(from), target).replaceAll("\\", "/");
  Deno.statSync(join(ROOT, path)); // Throws where there is nothing
  if (anchor === undefined) return { path, heading: null };
  const heading = headingsOf(read(path)).findIndex((one) => one.anchor === decodeURI(anchor));
  assert(heading >= 0, `${from}: there is no heading for ${link}`);
  return { path, heading };
}

/** The links of a page, as both languages have them. */
function comparableLinks({ path, language }: Page): string[] {
  return linksOf(readPage({ path, language })).map((link) => {
    if (link.startsWith("https:")) return link;
    const target = resolveLink(path, link);
    return `${inEnglish(target.path)}#${target.heading}`;
  }).sort();
}

for (const path of ["README.md", "README.pt-BR.md"]) {
  Deno.test(`docs: ${path} has at most 200 lines`, () => {
    assert(read(path).split("\n").length <= 201);
  });
}

Deno.test("docs: the tables are those of the code", () => {
  for (const page of PAGES) {
    const text = readPage(page);
    assertEquals(text, fillTables(text, page.language), `${page.path}: run deno task docs`);
  }
});

Deno.test("docs: every table stands once in each language", () => {
  for (const language of ["en", "pt-BR"]) {
    const pages = PAGES.filter((page) => page.language === language);
    const names = pages.flatMap((page) => tablesOf(readPage(page)));
    assertEquals(names.sort(), Object.keys(TABLES).sort());
  }
});

for (
  const [readme, folder] of [["README.md", "docs"], ["README.pt-BR.md", "docs/pt-BR"]] as const
) {
  Deno.test(`docs: ${readme} leads to every page`, () => {
    const links = linksOf(read(readme)).map((link) => link.replace(/#.*/, ""));
    const pages = PAGES.map(({ path }) => path).filter((path) => dirname(path) === folder);
    assertEquals(pages.filter((path) => !links.includes(path)), []);
  });
}

Deno.test("docs: a sentence in a table ends with one mark", () => {
  for (const [name, table] of Object.entries(TABLES)) {
    for (const language of ["en", "pt-BR"] as const) {
      assertEquals(/.*[?!.]\. .*/.exec(table(language))?.[0], undefined, name);
    }
  }
});

Deno.test("docs: a marker of a table that does not exist is refused", () => {
  const text = "<!-- table: nothing -->\n<!-- /table -->\n";
  assertThrows(() => fillTables(text, "en"), Error, "nothing");
});

Deno.test("docs: the console's table has all commands of the console", () => {
  const [commands] = completeConsoleLine({} as Parameters<typeof completeConsoleLine>[0], "/");
  for (const language of ["en", "pt-BR"] as const) {
    const table = TABLES["console commands"]!(language);
    const names = [...table.matchAll(/^\| `(\/\w+)/gm)].map(([, name]) => name!);
    assertEquals(names.sort(), commands.toSorted());
  }
});

Deno.test("docs: every page stands in both languages", () => {
  const paths = (language: string) => PAGES.filter((page) => page.language === language);
  assertEquals(
    paths("pt-BR").map(({ path }) => inEnglish(path)),
    paths("en").map(({ path }) => path),
  );
});

for (const { path, texts } of PAIRS) {
  const [english, portuguese] = texts;

  Deno.test(`docs: ${path} has the same sections in both languages`, () => {
    const levels = (text: string) => headingsOf(text).map(({ level }) => level);
    assertEquals(levels(portuguese), levels(english));
  });

  Deno.test(`docs: ${path} has the same code in both languages`, () => {
    const comparable = (text: string) =>
      codeBlocksOf(text).map((block) => block.language === "text" ? "text" : block);
    assertEquals(comparable(portuguese), comparable(english));
  });

  Deno.test(`docs: ${path} has the same options in both languages`, () => {
    const option = /(?<![\p{L}\p{N}_-])--?[a-z][\w-]*/giu;
    const options = (text: string) => proseOf(text).match(option)?.sort();
    assertEquals(options(portuguese), options(english));
  });

  Deno.test(`docs: ${path} has the same links in both languages`, () => {
    const other = PAGES.find((page) => page.language === "pt-BR" && inEnglish(page.path) === path)!;
    assertEquals(comparableLinks(other), comparableLinks({ path, language: "en" }));
  });
}

Deno.test("docs: every link leads somewhere", () => {
  for (const path of [...PAGES.map((page) => page.path), ...OTHERS]) {
    for (const link of linksOf(read(path))) {
      if (!link.startsWith("https:")) resolveLink(path, link);
    }
  }
});

Deno.test("docs: a link to a heading that is not there is found", () => {
  assertThrows(() => resolveLink("docs/server.md", "security.md#nothing"), Error, "nothing");
  assertThrows(() => resolveLink("docs/server.md", "nothing.md"), Deno.errors.NotFound);
});

/** The lines of a page that promise something, each with the tests that it names. */
function promisesOf(text: string): { promise: string; tests: { name: string; path: string }[] }[] {
  return text.split(/^- /m).slice(1).map((line) => ({
    promise: line.split("\n")[0]!,
    tests: [...line.matchAll(/^ {2}- \[(.+)\]\((tests\/\S+)\)$/gm)]
      .map(([, name = "", path = ""]) => ({ name, path })),
  }));
}

Deno.test("docs: each line of SECURITY.md names tests that exist", () => {
  const [promised = ""] = read("SECURITY.md").split("## What cannot be promised");
  const promises = promisesOf(promised);
  assert(promises.length >= 30);
  for (const { promise, tests } of promises) {
    assert(tests.length > 0, `No test proves: ${promise}`);
    for (const { name, path } of tests) {
      assert(read(path).includes(JSON.stringify(name)), `${path} has no test "${name}"`);
    }
  }
});

Deno.test("docs: a promise without a test is found", () => {
  const text = "- one\n  - [a: does b](tests/a_test.ts)\n- two,\n  in two lines\n";
  assertEquals(promisesOf(text), [
    { promise: "one", tests: [{ name: "a: does b", path: "tests/a_test.ts" }] },
    { promise: "two,", tests: [] },
  ]);
});

Deno.test("docs: every command has options and arguments that its program takes", () => {
  let count = 0;
  for (const { path, texts: [text] } of PAIRS) {
    for (const block of codeBlocksOf(text).filter(({ language }) => language === "sh")) {
      for (const command of shellCommandsOf(block.text)) {
        try {
          checkCommand(command, TASKS);
        } catch (cause) {
          throw new Error(`${path}: ${command.join(" ")}`, { cause });
        }
        count++;
      }
    }
  }
  assert(count > 50, `${count} commands`);
});

Deno.test("docs: a command that its program does not take is found", () => {
  const wrong = [
    "deno task client get localhost x --jbos 4",
    "deno task client gte localhost x",
    "deno task client get",
    "deno run -A client.ts localhost 5555 more",
    "deno run -A server.ts --port nine",
    "deno task start user ad alice",
    "deno task nothing",
    "npx -y deno@2.9.6 run -A server.ts x",
    "deon task start",
  ];
  for (const line of wrong) {
    for (const command of shellCommandsOf(line)) {
      assertThrows(() => checkCommand(command, TASKS), Error, undefined, line);
    }
  }
});

Deno.test("docs: the library's page names only what the library has", () => {
  const source = read("mod.ts");
  const table = /^\|[\s\S]*?\n\n/m.exec(read("docs/library.md"))![0];
  const names = [...table.matchAll(/`(?:new )?([A-Z]\w+)/g)].map(([, name]) => name!);
  assert(names.length > 8);
  for (const name of names) assert(new RegExp(`\\b${name}\\b`).test(source), name);
});

Deno.test("docs: the examples in TypeScript have no mistakes", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "-q", "--doc-only", "docs/library.md", "docs/pt-BR/library.md"],
    cwd: ROOT,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});

for (const name of ["session.svg", "session.pt-BR.svg"]) {
  Deno.test(`docs: ${name} is a small picture with text, for light and dark pages`, () => {
    const picture = read(`docs/images/${name}`);
    assert(picture.length < 60_000);
    assert(picture.includes("SHA-256") && picture.includes("prefers-color-scheme:dark"));
  });
}
