import { Account } from "./account.tsx";
import { DeliveryNote } from "./delivery_note.tsx";
import { DialogView } from "./dialog_view.tsx";
import { EndBanner } from "./end_banner.tsx";
import { GridNote } from "./grid_note.tsx";
import { LATER_SHAPES } from "./later_shapes.ts";
import { LinkPane } from "./link_pane.tsx";
import { NewVersion } from "./new_version.tsx";
import { NickNote } from "./nick_note.tsx";
import { NoTalk } from "./no_talk.tsx";
import { OtherServers } from "./other_servers.tsx";
import { SelectionBar } from "./selection_bar.tsx";
import { SendButtons } from "./send_buttons.tsx";
import { Settings } from "./settings.tsx";
import { TransferNews } from "./transfer_news.tsx";
import { TransferRow } from "./transfer_row.tsx";
import { TransferSign } from "./transfer_sign.tsx";
import { TransferTotals } from "./transfer_totals.tsx";
import { runTyped } from "./typed_commands.ts";

/** The views that nothing needs at first: one file, which compresses better than several. */
export const LATER_VIEWS = {
  Account,
  DeliveryNote,
  DialogView,
  EndBanner,
  GridNote,
  LinkPane,
  NewVersion,
  NickNote,
  NoTalk,
  OtherServers,
  SelectionBar,
  SendButtons,
  Settings,
  TransferNews,
  TransferRow,
  TransferSign,
  TransferTotals,
} as const;

/** What else nothing needs at first. */
export const LATER_PARTS = { runTyped, shapes: LATER_SHAPES } as const;
