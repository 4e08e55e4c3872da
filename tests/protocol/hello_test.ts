import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import {
  decodeClientHello,
  decodeServerHello,
  encodeClientHello,
  encodeServerHello,
  type ServerHello,
} from "../../lib/protocol/hello.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { bytesOf, rawFrame } from "../helpers/raw_peer.ts";

const SERVER: ServerHello = {
  agent: "tcp-chat/1",
  features: ["zstd"],
  limits: { control: 65_536, data: 1_048_576, message: 4_096, chat: { burst: 20, perSecond: 10 } },
  auth: { required: true, mechanisms: ["SCRAM-SHA-256"] },
  you: { nick: "guest-7", session: "abc" },
  time: 1_800_000_000_000,
  cluster: { name: "school", history: "00c0ffee" },
  peers: [
    { host: "a.example", port: 5555, fingerprint: "ab".repeat(32) },
    { host: "2001:db8::1", port: 1, fingerprint: null },
  ],
};

const client = (object: Record<string, unknown>) =>
  decodeClientHello(bytesOf(JSON.stringify({ protocol: 2, ...object })));
const server = (object: Record<string, unknown>) =>
  decodeServerHello(bytesOf(JSON.stringify({ protocol: 2, you: { session: "s" }, ...object })));

function assertRefused(read: () => unknown, member: string): void {
  assertEquals(assertThrows(read, RequestError, `"${member}"`).code, "bad-request");
}

Deno.test("decodeClientHello: is the inverse of encodeClientHello, with and without its options", () => {
  const hellos = [[null, true, true], ["token", true, false], [null, false, false]] as const;
  for (const [attach, present, names] of hellos) {
    const hello = {
      agent: "tcp-chat/1",
      attach,
      present,
      names,
      resume: null,
      login: names,
      rename: names,
    };
    assertEquals(decodeClientHello(encodeClientHello(hello).subarray(12)), hello);
  }
  assertEquals(
    encodeClientHello({
      agent: "x",
      attach: null,
      present: true,
      names: false,
      resume: null,
      login: false,
      rename: false,
    }),
    rawFrame("HELO", '{"protocol":2,"agent":"x"}\r\n\r\n'),
  );
});

Deno.test("decodeClientHello: requires only the protocol", () => {
  assertEquals(client({}), {
    agent: "",
    attach: null,
    present: true,
    names: false,
    resume: null,
    login: false,
    rename: false,
  });
  assertEquals(client({ agent: null, attach: null, more: 1 }), {
    agent: "",
    attach: null,
    present: true,
    names: false,
    resume: null,
    login: false,
    rename: false,
  });
});

Deno.test("decodeClientHello: takes a secret of 32 to 128 characters, and refuses any other", () => {
  for (const length of [32, 128]) {
    const resume = "x".repeat(length);
    assertEquals(client({ resume }).resume, resume);
  }
  for (const length of [0, 31, 129]) {
    assertRefused(() => client({ resume: "x".repeat(length) }), "resume");
  }
});

Deno.test("decodeClientHello: accepts protocol 2 and later protocols, refuses anything else", () => {
  for (const protocol of [2, 3, 100]) assertEquals(client({ protocol }).agent, "");
  for (const protocol of [1, 0, -2, 2.5, "2", null, true]) {
    assertRefused(() => client({ protocol }), "protocol");
    assertRefused(() => server({ protocol }), "protocol");
  }
  assertRefused(() => decodeClientHello(bytesOf("{}")), "protocol");
});

Deno.test("decodeServerHello: refuses a later protocol", () => {
  assertRefused(() => server({ protocol: 3 }), "protocol");
});

Deno.test("decodeClientHello, decodeServerHello: refuse malformed members", () => {
  for (const value of [1, true, [], {}, "\ud800"]) {
    assertRefused(() => client({ agent: value }), "agent");
    assertRefused(() => client({ attach: value }), "attach");
    if (value !== true) assertRefused(() => client({ present: value }), "present");
    assertRefused(() => server({ agent: value }), "agent");
    assertRefused(() => server({ you: { session: value } }), "session");
    assertRefused(() => server({ you: { session: "s", nick: value } }), "nick");
  }
  for (const member of ["limits", "auth", "you"]) {
    for (const value of [1, "x", true, []]) {
      assertRefused(() => server({ [member]: value }), member);
    }
  }
  assertRefused(() => server({ auth: { required: "yes" } }), "required");
  assertRefused(() => server({ you: {} }), "session");
  assertRefused(() => server({ you: null }), "session");
});

Deno.test("decodeClientHello, decodeServerHello: throw bad-json for no JSON, bad-request for no object", () => {
  for (const decode of [decodeClientHello, decodeServerHello]) {
    assertEquals(assertThrows(() => decode(bytesOf("{")), ProtocolError).code, "bad-json");
    assertEquals(assertThrows(() => decode(bytesOf("[]")), RequestError).code, "bad-request");
  }
});

Deno.test("decodeClientHello, decodeServerHello: clean the agent, and limit it to 200 characters", () => {
  for (const length of [0, 199, 200]) {
    const agent = "x".repeat(length);
    assertEquals([client({ agent }).agent, server({ agent }).agent], [agent, agent]);
  }
  assertRefused(() => client({ agent: "x".repeat(201) }), "agent");
  assertRefused(() => server({ agent: "x".repeat(201) }), "agent");
  assertEquals(client({ agent: "a\x1b[2J\r\n\u202eb" }).agent, "a[2J b");
  assertEquals(server({ agent: "a\x1b[2J\r\n\u202eb" }).agent, "a[2J b");
});

Deno.test("decodeServerHello: is the inverse of encodeServerHello", () => {
  assertEquals(decodeServerHello(encodeServerHello(SERVER).subarray(12)), SERVER);
});

Deno.test("decodeServerHello: assumes the least for missing members", () => {
  assertEquals(server({}), {
    agent: "",
    features: [],
    limits: {
      control: LIMITS.controlBytes,
      data: 8_192,
      message: LIMITS.messageBytes,
      chat: null,
    },
    auth: { required: false, mechanisms: [] },
    you: { nick: "", session: "s" },
    time: null,
    cluster: null,
    peers: [],
  });
});

Deno.test("decodeServerHello: refuses limits that are not whole numbers, and 0 for data", () => {
  const limits = (limits: Record<string, unknown>) => server({ limits }).limits;
  assertEquals(limits({ data: 1 }).data, 1);
  assertEquals(limits({ data: Number.MAX_SAFE_INTEGER }).data, Number.MAX_SAFE_INTEGER);
  for (const name of ["control", "data", "message"]) {
    for (const value of [-1, 1.5, "8", true, []]) {
      assertRefused(() => limits({ [name]: value }), name);
    }
  }
  assertRefused(() => limits({ data: 0 }), "data");
});

Deno.test("decodeServerHello: ignores features and mechanisms that are not text", () => {
  assertEquals(server({ features: ["zstd", 1, null, {}] }).features, ["zstd"]);
  assertEquals(server({ features: "zstd" }).features, []);
  assertEquals(server({ auth: { mechanisms: [1, "A"] } }).auth.mechanisms, ["A"]);
});

Deno.test("decodeServerHello: takes the first 16 peers, and leaves out hosts that no address can have", () => {
  const peers = Array.from({ length: 17 }, (_, i) => ({ host: `h${i}`, port: 65_535 }));
  for (const [count, taken] of [[0, 0], [15, 15], [16, 16], [17, 16]] as const) {
    assertEquals(server({ peers: peers.slice(0, count) }).peers.length, taken);
  }
  const hosts = ["", "a b", "a/b", "user@a", "a,b", "a\u001b[2J", "x".repeat(254), "x".repeat(253)];
  const taken = server({ peers: hosts.map((host) => ({ host, port: 1 })) }).peers;
  assertEquals(taken.map(({ host }) => host), ["x".repeat(253)]);
});

Deno.test("decodeServerHello: refuses a cluster or peers that are malformed", () => {
  for (const value of [1, "x", true]) {
    assertRefused(() => server({ cluster: value }), "cluster");
    assertRefused(() => server({ peers: value }), "peers");
  }
  assertRefused(() => server({ cluster: { name: "a" } }), "history");
  for (const port of [0, 65_536, "5555"]) {
    assertRefused(() => server({ peers: [{ host: "a", port }] }), "port");
  }
  assertRefused(() => server({ peers: [{ host: "a", port: 1, fingerprint: "x" }] }), "fingerprint");
});
