/// <reference lib="dom" />
import "@preact/signals";
import { chooseLanguage } from "../../../lib/page/text/language.ts";
import { mountPage } from "../../../lib/page/view/mount.tsx";
import { makeMockModel } from "./mock_model.ts";

// The address says which scene: `?{"talk":"many"}`
const scene = location.search === ""
  ? {}
  : JSON.parse(decodeURIComponent(location.search.slice(1)));
mountPage(makeMockModel(scene), scene.link !== undefined);
Object.assign(globalThis, { chooseLanguage });
