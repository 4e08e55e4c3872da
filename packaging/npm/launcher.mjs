/**
 * Starts a program of the package by the Deno that npm has installed beside it.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const isBelowNpx = process.env.npm_command === "exec";
/** How often to look whether npx is still there, in milliseconds. */
const PARENT_CHECK_MS = 500;

const TEXTS = {
  en: "There is no Deno for this system ({system}): install it from https://deno.com, and let" +
    " TCP_CHAT_DENO name it",
  pt: "Não há Deno para este sistema ({system}): instale-o de https://deno.com, e que" +
    " TCP_CHAT_DENO o indique",
};

/** Runs a module of the package with the arguments of this process, and exits as it does. */
export function launch(entry) {
  const deno = process.env.TCP_CHAT_DENO || installedDeno();
  if (deno === null) return fail();
  const flags = JSON.parse(readFileSync(new URL("./flags.json", import.meta.url), "utf8"));
  const path = fileURLToPath(new URL(`../lib/${entry}`, import.meta.url));
  const args = ["run", ...flags, path, ...process.argv.slice(2)];
  const child = spawn(deno, args, { stdio: "inherit", env: childEnvironment() });
  child.on("error", fail);
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  passSignalsOn(child);
  if (isBelowNpx) endWithParent(child);
}

/** The package of Deno for this system; `null` where npm has none, as for musl. */
function installedDeno() {
  const { platform, arch } = process;
  const target = platform === "linux" ? `linux-${arch}-glibc` : `${platform}-${arch}`;
  try {
    const folder = createRequire(import.meta.url).resolve(`@deno/${target}/package.json`);
    return join(folder, "..", platform === "win32" ? "deno.exe" : "deno");
  } catch {
    return null;
  }
}

function childEnvironment() {
  const { TCP_CHAT_DENO: _, ...env } = process.env;
  if (isBelowNpx) env.TCP_CHAT_NPX = "1";
  return { ...env, DENO_NO_PACKAGE_JSON: "1", DENO_NO_UPDATE_CHECK: "1" };
}

/**
 * A terminal sends Ctrl-C to the whole group, so that the child has it already; what is sent to this
 * process alone is passed on. Windows has no signals to pass: there they would kill the child.
 */
function passSignalsOn(child) {
  const isWindows = process.platform === "win32";
  for (const signal of ["SIGINT", "SIGBREAK"]) process.on(signal, () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) {
    process.on(signal, () => isWindows || child.kill(signal));
  }
}

/** npx passes a signal on to its shell alone, and the shell to nothing: all that is seen is its end. */
function endWithParent(child) {
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    child.kill("SIGTERM");
  }, PARENT_CHECK_MS);
}

function fail() {
  const { TCP_CHAT_LANG, LC_ALL, LC_MESSAGES, LANG } = process.env;
  const language = TCP_CHAT_LANG || LC_ALL || LC_MESSAGES || LANG || "";
  const text = language.startsWith("pt") ? TEXTS.pt : TEXTS.en;
  const system = `${process.platform} ${process.arch}`;
  process.stderr.write(`tcp-chat: ${text.replace("{system}", system)}\n`);
  process.exitCode = 1;
}
