import { Account } from "./account.tsx";
import { DeliveryNote } from "./delivery_note.tsx";
import { DialogView } from "./dialog_view.tsx";
import { NewVersion } from "./new_version.tsx";
import { NickNote } from "./nick_note.tsx";
import { Settings } from "./settings.tsx";
import { TlsBanner } from "./tls_banner.tsx";
import { TransferNews } from "./transfer_news.tsx";
import { TransferRow } from "./transfer_row.tsx";
import { TransferTotals } from "./transfer_totals.tsx";

/** The views that nothing needs at first: one file, which compresses better than several. */
export const LATER_VIEWS = {
  Account,
  DeliveryNote,
  DialogView,
  NewVersion,
  NickNote,
  Settings,
  TlsBanner,
  TransferNews,
  TransferRow,
  TransferTotals,
} as const;
