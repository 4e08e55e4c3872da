import type { Run, ScreenImage } from "./recorded_terminal.ts";

/** A terminal in the picture. */
export interface PictureWindow {
  readonly title: string;
  readonly image: ScreenImage;
}

/** The picture's size in cells, and what it says to those who do not see it. */
export interface PictureOptions {
  readonly columns: number;
  readonly title: string;
}

const FONT_PX = 13;
const CELL_PX = { width: 7.8, height: 18 } as const;
const BAR_PX = 30;
const PADDING_PX = 12;
const GAP_PX = 14;
const EDGE_PX = 1;
const FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

const STYLE = `
text{font:${FONT_PX}px ${FONTS};fill:#1f2328;white-space:pre}
.window{fill:#fff;stroke:#d1d9e0}
.bar{fill:#f6f8fa;stroke:#d1d9e0}
.title{fill:#59636e;text-anchor:middle}
.dim{fill:#59636e}
.bold{font-weight:bold}
.cursor{fill:#1f2328;opacity:.5}
@media(prefers-color-scheme:dark){
text{fill:#f0f6fc}
.window{fill:#0d1117;stroke:#3d444d}
.bar{fill:#151b23;stroke:#3d444d}
.title,.dim{fill:#9198a1}
.cursor{fill:#f0f6fc}
}`;

/** Draws terminals side by side, as an SVG for light and dark pages. */
export function renderSvg(
  windows: readonly PictureWindow[],
  { columns, title }: PictureOptions,
): string {
  const rows = Math.max(...windows.map(({ image }) => image.lines.length));
  const widthPx = Math.ceil(columns * CELL_PX.width) + 2 * PADDING_PX;
  const heightPx = BAR_PX + rows * CELL_PX.height + 2 * PADDING_PX;
  const totalPx = windows.length * (widthPx + GAP_PX) - GAP_PX + 2 * EDGE_PX;
  const size = `${totalPx} ${heightPx + 2 * EDGE_PX}`;
  const drawn = windows.map((window, number) => {
    const leftPx = EDGE_PX + number * (widthPx + GAP_PX);
    return drawWindow(window, { leftPx, widthPx, heightPx });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

interface Place {
  readonly leftPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

function drawWindow({ title, image }: PictureWindow, place: Place): string {
  const { leftPx, widthPx, heightPx } = place;
  const { row, column } = image.cursor;
  const cursor = { x: px(column * CELL_PX.width), y: row * CELL_PX.height };
  const bar = `M0 ${BAR_PX}V8a8 8 0 0 1 8-8H${widthPx - 8}a8 8 0 0 1 8 8V${BAR_PX}Z`;
  return [
    `<g transform="translate(${leftPx} ${EDGE_PX})">`,
    `<rect class="window" width="${widthPx}" height="${heightPx}" rx="8"/>`,
    `<path class="bar" d="${bar}"/>`,
    `<text class="title" x="${widthPx / 2}" y="20">${escapeXml(title)}</text>`,
    `<g transform="translate(${PADDING_PX} ${BAR_PX + PADDING_PX})">`,
    `<rect class="cursor" x="${cursor.x}" y="${cursor.y}" width="${CELL_PX.width}" height="16"/>`,
    ...image.lines.flatMap((runs, line) =>
      runs.filter(({ text }) => text.trim() !== "").map((run) => drawRun(run, line))
    ),
    "</g></g>",
  ].join("\n");
}

/** Each run has its place and its width, so that columns stay columns in every font. */
function drawRun({ column, text, color, dim, bold }: Run, line: number): string {
  const indent = text.length - text.trimStart().length;
  const shown = text.trim();
  const names = [...dim ? ["dim"] : [], ...bold ? ["bold"] : []].join(" ");
  const attributes = [
    `x="${px((column + indent) * CELL_PX.width)}"`,
    `y="${line * CELL_PX.height + FONT_PX}"`,
    `textLength="${px([...shown].length * CELL_PX.width)}"`,
    'lengthAdjust="spacingAndGlyphs" xml:space="preserve"',
    ...names === "" ? [] : [`class="${names}"`],
    ...color === null ? [] : [`style="fill:${paletteColor(color)}"`],
  ];
  return `<text ${attributes.join(" ")}>${escapeXml(shown)}</text>`;
}

const BASIC = [
  ..."000000 cd3131 0f8a5f 949800 2472c8 bc3fbc 0f87a8 a5a5a5".split(" "),
  ..."666666 cd3131 0f8a5f 949800 2472c8 bc3fbc 0f87a8 a5a5a5".split(" "),
];

/** A colour of the palette of xterm: 16 basic ones, a cube of 6 by 6 by 6, a ramp of greys. */
function paletteColor(index: number): string {
  const basic = BASIC[index];
  if (basic !== undefined) return `#${basic}`;
  const level = (step: number) => step === 0 ? 0 : 55 + 40 * step;
  const cube = index - 16;
  const grey = 8 + 10 * (index - 232);
  const channels = index >= 232
    ? [grey, grey, grey]
    : [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level);
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
