import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { joinText } from "../../lib/cli/server/join_lines.ts";
import { checkQrChoice, qrLines } from "../../lib/cli/server/start_qr.ts";
import type { LocalNetworks } from "../../lib/files/local_addresses.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { UsageError } from "../../lib/cli/texts/usage_error.ts";
import { drawQr } from "../../lib/cli/view/draw_qr.ts";
import { parseTarget } from "../../lib/stream/target.ts";
import { pageUrls } from "../../lib/web/addresses.ts";

const KEY = "4af06ba5203c3f4048f4efdbe82744997d322fbe1a166e5efe3924672dd425fd";
const PAGE = "http://192.168.0.10:5555/";
const NETWORKS = {
  addresses: [
    { name: "lo", family: "IPv4" as const, address: "127.0.0.1" },
    { name: "eth0", family: "IPv4" as const, address: "192.168.0.10" },
  ],
  defaultInterface: "eth0",
};
const event = { event: "listening" as const, host: "0.0.0.0", port: 5555, tls: false, root: "/" };
const format = (language: "en" | "pt-BR", networks: LocalNetworks = NETWORKS) => ({
  places: () => networks,
  locale: makeLocale(language),
});

Deno.test("qrLines: the page's address, asked for or not", async () => {
  const { lines } = await drawQr(PAGE);
  for (const isAsked of [false, true]) {
    assertEquals(await qrLines({ ...event, urls: [PAGE] }, isAsked, 80, format("en")), lines);
  }
});

Deno.test("qrLines: without a page, the address that programs join by, if it is asked for", async () => {
  assertEquals(await qrLines(event, false, 80, format("en")), []);
  const { lines } = await drawQr("TCP-CHAT://192.168.0.10");
  assertEquals(await qrLines(event, true, 80, format("en")), lines);
});

Deno.test("qrLines: not the page on a port that browsers refuse", async () => {
  const refused = { ...event, port: 6000, urls: ["http://192.168.0.10:6000/"] };
  assertEquals(await qrLines(refused, false, 80, format("en")), []);
  const { lines } = await drawQr("TCP-CHAT://192.168.0.10:6000");
  assertEquals(await qrLines(refused, true, 80, format("en")), lines);
  const told = { ...refused, urls: [...refused.urls, "https://a.example/"] };
  const page = await drawQr("https://a.example/");
  assertEquals(await qrLines(told, false, 80, format("en")), page.lines);
});

Deno.test("qrLines: a word where the window is one column too narrow", async () => {
  const { lines, width } = await drawQr(PAGE);
  const page = { ...event, urls: [PAGE] };
  assertEquals(await qrLines(page, false, width, format("en")), lines);
  assertEquals(await qrLines(page, false, width - 1, format("en")), [
    `no QR code: the window has ${width - 1} columns, and it needs ${width}`,
  ]);
});

Deno.test("qrLines: none of an address that leads nobody here, with a word if it is asked for", async () => {
  const none = { addresses: [], defaultInterface: null };
  for (const host of ["0.0.0.0", "127.0.0.1", "127.9.9.9", "::1", "localhost", "fe80::1%eth0"]) {
    const urls = pageUrls({ hostname: host, port: 5555, isTls: false, ...none });
    const here = { ...event, host, urls };
    assertEquals(await qrLines(here, false, 80, format("en", none)), [], host);
    assertEquals(await qrLines(here, true, 80, format("pt-BR", none)), [
      "sem QR code: esta máquina não tem endereço que outros alcancem",
    ]);
  }
});

Deno.test("joinText: is short for a QR code, and read as the address with the key", async () => {
  const plain = joinText({ port: 5555 }, { hostname: "192.168.0.10", interface: null });
  assertMatch(plain, /^[0-9A-Z $%*+\-./:]+$/); // The alphanumeric mode of QR codes
  assert((await drawQr(plain)).width < (await drawQr(`${plain.toLowerCase()}:5556`)).width);
  const text = joinText({ port: 5555, fingerprint: KEY }, {
    hostname: "10.8.0.6",
    interface: null,
  });
  const { hostname, port, fingerprint, tls } = parseTarget(text);
  assertEquals([hostname, port, fingerprint, tls], ["10.8.0.6", 5555, KEY, true]);
  assert((await drawQr(text)).width < (await drawQr(`tcp-chat://10.8.0.6?fp=${KEY}`)).width);
});

Deno.test("checkQrChoice: refuses --qr together with --no-qr", () => {
  const locale = makeLocale("en");
  for (const [qr, none] of [[false, false], [true, false], [false, true]] as const) {
    checkQrChoice({ qr, "no-qr": none }, locale);
  }
  assertThrows(() => checkQrChoice({ qr: true, "no-qr": true }, locale), UsageError, "--no-qr");
});
