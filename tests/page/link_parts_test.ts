import { assertEquals } from "@std/assert";
import { splitLinks } from "../../lib/page/view/link_parts.ts";

/** The links of a text. */
const linksIn = (text: string) =>
  splitLinks(text).filter(({ isLink }) => isLink).map((part) => part.text);

Deno.test("splitLinks: gives the text back, whole and in order", () => {
  const text = "see https://a.example/x, or http://b.example.";
  assertEquals(splitLinks(text).map((part) => part.text).join(""), text);
  assertEquals(splitLinks("plain"), [{ text: "plain", isLink: false }]);
  assertEquals(splitLinks(""), []);
});

Deno.test("splitLinks: leaves the marks of the sentence out", () => {
  assertEquals(linksIn("(https://a.example/x)."), ["https://a.example/x"]);
  assertEquals(linksIn("https://a.example/x_(y)!"), ["https://a.example/x_(y)"]);
  assertEquals(linksIn("https://a.example?q=1&r=2…"), ["https://a.example?q=1&r=2…"]);
  assertEquals(linksIn('<a href="https://a.example">'), ["https://a.example"]);
});

Deno.test("splitLinks: links nothing but http and https", () => {
  assertEquals(linksIn("javascript:alert(1) data:text/html,x file:///etc ftp://a xhttp://a"), []);
  assertEquals(linksIn("http:// https://"), []);
});
