import { join } from "@std/path";
import { connect } from "../lib/client/connect.ts";
import { BareChromium } from "./bare_chromium.ts";
import { atLeast, atMost, type Figure, formatSpread, median } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { startServer } from "./peer_process.ts";

const UP = "up.bin";
const DOWN = "down.bin";
const HUGE = "huge.bin";
/** Messages whose way to the page is timed while it uploads. */
const MESSAGES = 100;
const MESSAGE_PAUSE_MS = 30;
/** How often the page is opened anew. */
const FIRST_VIEWS = 5;
/** Whether the page is connected: everything can be done then. */
const CONNECTED = `document.querySelector("[role=status]")?.textContent.includes("Connected")`;

/** Measures the web page in a Chromium without a debugger's load, against hashing alone. */
export async function measurePage(fixture: BenchFixture): Promise<Figure[]> {
  const { largeBytes, rounds } = fixture.scale;
  fixture.addFile(UP, largeBytes, fixture.sent);
  fixture.addFile(DOWN, largeBytes);
  await fixture.waitUntilHashable();
  const { server, port } = await startServer({ root: fixture.served, uploads: true, page: true });
  await using _ = server;
  await using page = await BareChromium.open();
  await page.noteWhen(CONNECTED);
  const views: FirstView[] = [];
  while (views.length < FIRST_VIEWS) views.push(await measureFirstView(page, port));
  const seconds = { hash: [] as number[], up: [] as number[], down: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    seconds.hash.push(await timeCheck(page, join(fixture.sent, UP)));
    seconds.up.push(await timeUpload(page, fixture, UP));
    fixture.removeFile(UP);
    seconds.down.push(await timeDownload(page, DOWN));
  }
  const latencies = await timeMessages(page, port, () => timeUpload(page, fixture, UP));
  fixture.removeFile(UP);
  fixture.removeFile(UP, fixture.sent);
  fixture.removeFile(DOWN);
  await moveHuge(page, fixture);
  return [
    {
      name: "page: first view",
      value: median(views.map(({ bytes }) => bytes)) / 1000,
      unit: "KB gz",
      goal: atMost(60),
    },
    {
      name: "page: usable after",
      value: median(views.map(({ usableMs }) => usableMs)),
      unit: "ms",
      goal: atMost(500),
      note: formatSpread(views.map(({ usableMs }) => usableMs)),
    },
    ratio(
      "page: verified upload / reading and hashing",
      0.65,
      largeBytes,
      seconds.hash,
      seconds.up,
    ),
    ratio("page: verified download / hashing", 0.6, largeBytes, seconds.hash, seconds.down),
    {
      name: `page: peak memory of its process, ${fixture.scale.hugeBytes / MIB} MiB both ways`,
      value: page.peakBytes() / 1e6,
      unit: "MB",
      goal: atMost(300),
    },
    {
      name: "page: a message while it uploads, 99 %",
      value: latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? NaN,
      unit: "ms",
      goal: atMost(100),
      note: `median ${formatSpread(latencies)}`,
    },
  ];
}

function ratio(
  name: string,
  limit: number,
  bytes: number,
  floor: readonly number[],
  taken: readonly number[],
): Figure {
  const speeds = taken.map((seconds) => bytes / MIB / seconds);
  const floors = floor.map((seconds) => bytes / MIB / seconds);
  return {
    name,
    value: median(floor) / median(taken),
    unit: "",
    goal: atLeast(limit),
    note: `${formatSpread(speeds)} of ${formatSpread(floors)} MiB/s`,
  };
}

/** Reads and hashes a file, as "Check a file" does. */
async function timeCheck(page: BareChromium, file: string): Promise<number> {
  await page.evaluate(`[...document.querySelectorAll("button")]
    .find(({ textContent }) => textContent.includes("Check a file")).click()`);
  const input = `document.querySelector("dialog input[type=file]")`;
  await page.until(input);
  const startedMs = performance.now();
  await page.setFiles(input, [file]);
  await page.until(`document.querySelector("dialog code")`);
  const seconds = secondsSince(startedMs);
  await page.evaluate(`document.querySelector("dialog").close()`);
  await page.until(`!document.querySelector("dialog")`);
  return seconds;
}

async function timeUpload(
  page: BareChromium,
  fixture: BenchFixture,
  name: string,
): Promise<number> {
  const startedMs = performance.now();
  const file = join(fixture.sent, name);
  await page.setFiles(`document.querySelector("input[aria-label='Choose files']")`, [file]);
  await untilVerified(page, name);
  return secondsSince(startedMs);
}

async function timeDownload(page: BareChromium, name: string): Promise<number> {
  const row = `[...document.querySelectorAll("[role=row]")]
    .find(({ textContent }) => textContent.includes("${name}"))`;
  await page.until(row);
  const startedMs = performance.now();
  await page.evaluate(`[...${row}.querySelectorAll("button")]
    .find(({ textContent }) => textContent.includes("Get")).click()`);
  await untilVerified(page, name);
  return secondsSince(startedMs);
}

/** Moves a file both ways that is larger than what a browser may keep in memory. */
async function moveHuge(page: BareChromium, fixture: BenchFixture): Promise<void> {
  fixture.addFile(HUGE, fixture.scale.hugeBytes, fixture.sent);
  await timeUpload(page, fixture, HUGE);
  fixture.removeFile(HUGE, fixture.sent);
  await timeDownload(page, HUGE);
  fixture.removeFile(HUGE);
}

/** Waits until a transfer is verified, and clears the list. */
async function untilVerified(page: BareChromium, name: string): Promise<void> {
  const section = `document.querySelector("section[aria-label=Transfers], #transfers")`;
  const rows = `[...document.querySelectorAll("[aria-label=Transfers] li")]`;
  await page.until(`${rows}.some(({ textContent }) =>
    textContent.includes("${name}") && /verified/i.test(textContent))`);
  await page.evaluate(`[...(${section} ?? document).querySelectorAll("button")]
    .find(({ textContent }) => textContent.includes("Clear finished")).click()`);
  await page.until(`!${rows}.some(({ textContent }) => textContent.includes("${name}"))`);
}

/** How long messages take to the page while it uploads, in milliseconds. */
async function timeMessages(
  page: BareChromium,
  port: number,
  startUpload: () => Promise<number>,
): Promise<number[]> {
  await page.evaluate(`globalThis.latencies = [];
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) {
        for (const [, sent] of node.textContent.matchAll(/timed (\\d+)/g)) {
          latencies.push(Date.now() - Number(sent));
        }
      }
    }).observe(document.querySelector("[role=log]"), { childList: true, subtree: true })`);
  await using client = await connect({ hostname: "127.0.0.1", port, protocol: 2 });
  const upload = startUpload();
  for (let i = 0; i < MESSAGES; i++) {
    await client.chat.say(`timed ${Date.now()}`);
    await new Promise((resolve) => setTimeout(resolve, MESSAGE_PAUSE_MS));
  }
  await upload;
  return await page.evaluate("latencies");
}

interface FirstView {
  /** From the start of the navigation. */
  readonly usableMs: number;
  /** What was received for it, compressed. */
  readonly bytes: number;
}

/** Opens the page as at the first visit: nothing of it is kept by the browser. */
async function measureFirstView(page: BareChromium, port: number): Promise<FirstView> {
  await page.navigate("about:blank");
  await page.navigate(`http://127.0.0.1:${port}/`);
  await page.until("globalThis.reachedMs");
  return await page.evaluate(`(() => {
    const usableMs = reachedMs;
    const loaded = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
      .filter(({ responseEnd }) => responseEnd <= usableMs);
    const bytes = loaded.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    return { usableMs, bytes };
  })()`);
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}
