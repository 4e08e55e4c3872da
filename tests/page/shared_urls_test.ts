import { assertEquals } from "@std/assert";
import { sharedUrls } from "../../lib/page/view/shared_urls.ts";

Deno.test("sharedUrls: leaves out what leads only to this machine", () => {
  const told = ["http://localhost:5555/", "http://192.168.0.10:5555/", "http://[fd00::1]:5555/"];
  const expected = ["http://192.168.0.10:5555", "http://[fd00::1]:5555"];
  for (
    const host of ["localhost", "casa.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "0.0.0.0"]
  ) {
    assertEquals(sharedUrls(`http://${host}:5555`, told), expected, host);
    assertEquals(sharedUrls(`http://${host}:5555`, []), [], host);
  }
});

Deno.test("sharedUrls: begins with the address that is open here, once", () => {
  const told = ["http://192.168.0.10:5555/", "http://casa.local:5555/"];
  assertEquals(sharedUrls("http://casa.local:5555", told), [
    "http://casa.local:5555",
    "http://192.168.0.10:5555",
  ]);
  assertEquals(sharedUrls("https://127.example.org", []), ["https://127.example.org"]);
});
