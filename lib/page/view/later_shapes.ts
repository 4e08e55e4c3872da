/** The shapes of the icons of views that are loaded after the page: see `SHAPES`. */
export const LATER_SHAPES = {
  folderPlus:
    "M3 7a2 2 0 0 1 2-2h4.5l2.5 3H19a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM12 11v5m-2.5-2.5h5",
  folderUp:
    "M3 7a2 2 0 0 1 2-2h4.5l2.5 3H19a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM12 16.5V11m-2.5 2.5L12 11l2.5 2.5",
  inbox: "M3.5 13.5h5l1.5 3h4l1.5-3h5M6.5 5h11l3 8.5v5h-17v-5z",
  pause: "M9 6v12M15 6v12",
  play: "M8 5.5v13l10.5-6.5z",
  trash: "M4.5 7h15M9.5 7V4.5h5V7m3 0-.7 12.5H7.2L6.5 7m4 4v5m3-5v5",
} as const;

/** The shapes, by the names of their icons. */
export type LaterShapes = typeof LATER_SHAPES;

/** The name of such an icon. */
export type LaterIconName = keyof LaterShapes;
