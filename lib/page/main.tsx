import { createPageModel } from "./state/page_state.ts";
import { mountPage } from "./view/mount.tsx";

mountPage(createPageModel());
