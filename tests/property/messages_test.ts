import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  decodeDownloadHead,
  decodeFailure,
  decodeListing,
  decodeStatus,
  decodeStoredUpload,
} from "../../lib/protocol/answers.ts";
import { type ChatEvent, encodeEvent } from "../../lib/protocol/chat_events.ts";
import { decodeEvent } from "../../lib/protocol/decode_event.ts";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { encodeJsonFrame } from "../../lib/protocol/frames.ts";
import {
  decodeClientHello,
  decodeServerHello,
  encodeClientHello,
  encodeServerHello,
} from "../../lib/protocol/hello.ts";
import { decodeObject, type JsonObject } from "../../lib/protocol/json.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { isAllowedPath } from "../../lib/protocol/path.ts";
import { decodeRequest, type RequestType } from "../../lib/protocol/requests.ts";

const REQUESTS: RequestType[] = [
  ...["LIST", "STAT", "FGET", "FPUT", "MKDR", "MOVE", "DELE", "NICK"] as const,
  ...["JOIN", "PART", "SEND", "WHOS", "ROOM", "HIST"] as const,
];

const text = fc.string({ unit: "grapheme", maxLength: 30 });
const line = fc.stringMatching(/^[ -~]{0,200}$/);
const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/);
const natural = fc.maxSafeNat();
const path = text.filter((path) => isAllowedPath(path)).map((path) => path.normalize("NFC"));

/** The payload of a control frame. */
const payloadOf = (frame: Uint8Array) => frame.subarray(12);
const overTheWire = (value: unknown) => decodeObject(payloadOf(encodeJsonFrame("DONE", value)));

Deno.test("decodeObject: decodes any encoded object", () => {
  fc.assert(fc.property(fc.dictionary(text, fc.jsonValue()), (object) => {
    const expected = JSON.parse(JSON.stringify(object));
    assertEquals(overTheWire(object), expected);
  }));
});

Deno.test("decodeClientHello, decodeServerHello: decode every encoded HELO", () => {
  const client = fc.record({
    agent: line,
    attach: fc.option(text, { nil: null }),
    present: fc.boolean(),
    names: fc.boolean(),
    resume: fc.option(fc.string({ minLength: 32, maxLength: 128 }), { nil: null }),
    login: fc.boolean(),
    rename: fc.boolean(),
  });
  fc.assert(fc.property(client, (hello) => {
    assertEquals(decodeClientHello(payloadOf(encodeClientHello(hello))), hello);
  }));
  const server = fc.record({
    agent: line,
    features: fc.array(text),
    limits: fc.record({
      control: natural,
      data: natural.filter((bytes) => bytes > 0),
      message: natural,
      chat: fc.option(
        fc.record({ burst: natural.filter((count) => count > 0), perSecond: natural }),
        { nil: null },
      ),
    }),
    auth: fc.record({ required: fc.boolean(), mechanisms: fc.array(text) }),
    you: fc.record({ nick: text, session: text }),
    time: fc.option(natural, { nil: null }),
    cluster: fc.constant(null),
    peers: fc.constant([]),
  });
  const host = fc.stringMatching(/^[a-z0-9.:-]{1,253}$/);
  const peer = fc.record({
    host,
    port: fc.integer({ min: 1, max: 65_535 }),
    fingerprint: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/), { nil: null }),
  });
  const clustered = fc.record({
    cluster: fc.record({ name: text, history: text }),
    peers: fc.array(peer, { maxLength: LIMITS.clusterPeers }),
  });
  fc.assert(fc.property(server, clustered, (alone, cluster) => {
    const hello = { ...alone, ...cluster };
    assertEquals(decodeServerHello(payloadOf(encodeServerHello(hello))), hello);
  }));
  fc.assert(fc.property(server, (hello) => {
    assertEquals(decodeServerHello(payloadOf(encodeServerHello(hello))), hello);
  }));
});

Deno.test("decodeEvent: decodes every encoded event", () => {
  const origin = { from: text, time: natural };
  const seq = natural;
  const event: fc.Arbitrary<ChatEvent> = fc.oneof(
    fc.record({ event: fc.constant("message" as const), seq, room: text, text, ...origin }),
    fc.record({ event: fc.constant("message" as const), to: text, text, ...origin }),
    fc.record({
      event: fc.constant("file" as const),
      seq,
      room: text,
      path: text,
      size: natural,
      sha256,
      ...origin,
    }),
    fc.record({
      event: fc.constantFrom("joined" as const, "left" as const),
      room: text,
      nick: text,
    }),
    fc.record({ event: fc.constant("nick" as const), old: text, nick: text }),
    fc.record({ event: fc.constant("notice" as const), text }),
    fc.record({ event: fc.constant("topic" as const), room: text, text, ...origin }),
    fc.constant({ event: "shutdown" as const }),
    fc.record({
      event: fc.constant("peers" as const),
      peers: fc.array(
        fc.record({
          host: fc.stringMatching(/^[a-z0-9.:-]{1,253}$/),
          port: fc.integer({ min: 1, max: 65_535 }),
          fingerprint: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/), { nil: null }),
        }),
        { maxLength: LIMITS.clusterPeers },
      ),
    }),
  );
  fc.assert(fc.property(event, (event) => {
    assertEquals(decodeEvent(decodeObject(payloadOf(encodeEvent(event)))), event);
  }));
});

Deno.test("decodeListing, decodeStatus, decodeStoredUpload: decode every encoded answer", () => {
  const entry = fc.record({
    path,
    type: fc.constantFrom("file" as const, "folder" as const),
    size: natural,
    mtime: fc.maxSafeInteger(),
  });
  const version = fc.option(text, { nil: null });
  fc.assert(fc.property(fc.array(entry, { maxLength: 5 }), fc.boolean(), (entries, more) => {
    const last = entries.at(-1)?.path ?? null;
    assertEquals(decodeListing(overTheWire({ entries, more })), {
      entries,
      more,
      last,
      omitted: { count: 0, paths: [] },
      mayWrite: null,
      mayDelete: null,
      mayShare: false,
    });
  }));
  const hash = fc.option(sha256, { nil: null });
  fc.assert(fc.property(entry, version, hash, (entry, version, sha256) => {
    const status = { ...entry, version, sha256 };
    assertEquals(decodeStatus(overTheWire(status)), status);
  }));
  const stored = fc.record({ path: text, size: natural, sha256, version });
  fc.assert(fc.property(stored, (stored) => {
    assertEquals(decodeStoredUpload(overTheWire(stored)), stored);
  }));
});

Deno.test("decoders: decode any payload, or throw a RequestError or ProtocolError", () => {
  const names = [
    ...["id", "path", "size", "offset", "version", "zstd", "mtime", "key", "replace", "room", "to"],
    ...["text", "nick", "before", "after", "limit", "recursive", "entries", "type", "sha256"],
    ...["event", "seq", "from", "time", "old", "code", "message", "protocol", "agent", "attach"],
    ...["limits", "auth", "you", "features", "__proto__", "constructor"],
  ];
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: "binary", maxLength: 10 }),
    fc.constantFrom("a/b", "file", "message", "\ud800", 0, 1, 2, -1, 2 ** 31, 1e300, true, null),
    sha256,
  );
  const object = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 12 });
  const decoders: Array<(payload: Uint8Array) => unknown> = [decodeClientHello, decodeServerHello];
  const objectDecoders: Array<(object: JsonObject) => unknown> = [
    ...[decodeListing, decodeStatus, decodeDownloadHead, decodeStoredUpload, decodeFailure],
    decodeEvent,
    ...REQUESTS.map((type) => (object: JsonObject) => decodeRequest(type, object)),
  ];
  decoders.push(
    ...objectDecoders.map((decode) => (payload: Uint8Array) => decode(decodeObject(payload))),
  );
  let decoded = 0;
  const payload = fc.oneof(
    { weight: 5, arbitrary: object.map((object) => payloadOf(encodeJsonFrame("DONE", object))) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    { weight: 1, arbitrary: fc.json().map((json) => new TextEncoder().encode(json)) },
  );
  fc.assert(
    fc.property(payload, (payload) => {
      for (const decode of decoders) {
        try {
          decode(payload);
          decoded++;
        } catch (error) {
          assert(error instanceof RequestError || error instanceof ProtocolError, String(error));
        }
      }
    }),
    { numRuns: 200 },
  );
  assert(decoded > 300, `only ${decoded} were decoded`);
});

Deno.test("decodeRequest: returns allowed paths only", () => {
  const request = fc.record({
    type: fc.constantFrom(...REQUESTS.slice(0, 5)),
    path: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "..", "a/../b", "a/b")),
    size: fc.constant(1),
  });
  fc.assert(
    fc.property(request, ({ type, ...members }) => {
      let request;
      try {
        request = decodeRequest(type, members);
      } catch (error) {
        assert(error instanceof RequestError && !isAllowedPath(members.path));
        return;
      }
      assert("path" in request);
      assert(isAllowedPath(request.path) || (request.path === "" && /LIST|MKDR/.test(type)));
      assertEquals(request.path, members.path.normalize("NFC"));
    }),
    { numRuns: 500 },
  );
});
