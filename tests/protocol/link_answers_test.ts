import { assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { decodeMadeLink } from "../../lib/protocol/link_answers.ts";

const ID = "k7f3q2mx";
const SECRET = "Zm9vYmFyYmF6cXV4-_01";
const MADE = {
  ...{ link: ID, secret: SECRET, kind: "get", path: "docs", type: "folder" },
  ...{ created: 1, expires: 2 },
};

Deno.test("decodeMadeLink: takes an id and a secret of a link only, which go into a line for a shell", () => {
  const { id, secret } = decodeMadeLink(MADE);
  assertEquals([id, secret], [ID, SECRET]);
  for (
    const wrong of [
      { secret: "'; reboot; '12345678" },
      { secret: "\x1b[2J-_0123456789012" },
      { secret: SECRET.slice(1) },
      { link: "k7f;boot" },
      { link: `${ID}\n` },
      { link: "" },
    ]
  ) {
    assertThrows(() => decodeMadeLink({ ...MADE, ...wrong }), RequestError, "no link");
  }
});
