import { DialogView } from "./dialog_view.tsx";
import { Settings } from "./settings.tsx";
import { TransferNews } from "./transfer_news.tsx";
import { TransferRow } from "./transfer_row.tsx";

/** The views that nothing needs at first: one file, which compresses better than four. */
export const LATER_VIEWS = { DialogView, Settings, TransferNews, TransferRow } as const;
