// Icons, drawn element by element: innerHTML throws under trusted types.  24 x 24, one stroke, colour of the text.

const PATHS = {
  chat: ["M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z", "M8.5 8.5h7", "M8.5 11.5h4.5"],
  down: ["M6 9.5l6 6 6-6"],
  cross: ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
  back: ["M14.5 5.5L8 12l6.5 6.5"],
  more: ["M5.5 12h.01", "M12 12h.01", "M18.5 12h.01"],
  send: ["M12 19V5.5", "M6 11.5l6-6 6 6"],
  check: ["M5.5 12.5l4.5 4.5 8.5-9.5"],
  checks: ["M2.5 12.5l4.5 4.5 8-9", "M11.5 15.5l1.5 1.5 8-9"],
  clock: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 8v4.5l3 1.5"],
  alert: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 8v4.5", "M12 15.8h.01"],
  star: ["M12 4l2.5 5.2 5.6.8-4 4 .9 5.7-5-2.7-5 2.7.9-5.7-4-4 5.6-.8z"],
  human: ["M12 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z", "M5 19.5c.8-3.2 3.5-5 7-5s6.2 1.8 7 5"],
  team: ["M9 5a3.2 3.2 0 1 0 0 6.4A3.2 3.2 0 0 0 9 5z", "M3 19c.6-3 2.9-4.6 6-4.600s5.4 1.6 6 4.6", "M15.5 5.400a3 3 0 0 1 0 5.7", "M17.5 14.800c2 .6 3.1 2 3.5 4.2"],
  end: ["M8 4.500H6.500A2 2 0 0 0 4.5 6.500v11a2 2 0 0 0 2 2H8", "M15 8l4 4-4 4", "M19 12H9.5"],
  bell: ["M6.5 16.500V11a5.5 5.5 0 0 1 11 0v5.500l1.5 1h-14z", "M10.5 20h3"],
  mute: ["M6.5 16.500V11c0-1 .3-2 .8-2.800M10 5.900a5.5 5.5 0 0 1 7.5 5.100v4", "M5 17.500h12", "M10.5 20h3", "M4 4l16 16"],
  queue: ["M4.5 6.500h15", "M4.5 12h10", "M4.5 17.500h6"],
  history: ["M4.5 12a7.5 7.5 0 1 0 2.3-5.4", "M4.5 4.500v3.300h3.3", "M12 8v4.300l2.8 1.6"],
  bolt: ["M13 3.500L5.5 13.500H12l-1 7 7.5-10H12z"],
  note: ["M5.5 4.500h13v9.500l-5 5.500h-8z", "M13.5 19.500V14h5", "M8.5 8.500h7", "M8.5 11.500h4"],
  swap: ["M5 8.500h13.5", "M15 5l3.5 3.500L15 12", "M19 15.500H5.5", "M9 12l-3.5 3.500L9 19"],
  search: ["M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12z", "M15.5 15.500L20 20"],
  panel: ["M4.5 5.500h15v13h-15z", "M14.5 5.500v13"],
  plus: ["M12 5.500v13", "M5.5 12h13"],
  gear: ["M5 7h8", "M17 7h2", "M5 17h2", "M11 17h8", "M15 5a2 2 0 1 0 0 4 2 2 0 0 0 0-4z", "M9 15a2 2 0 1 0 0 4 2 2 0 0 0 0-4z"],
  eye: ["M3.5 12S6.5 6.5 12 6.500s8.5 5.5 8.5 5.5-3 5.5-8.5 5.500S3.5 12 3.5 12z", "M12 9.700a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.600z"],
  link: ["M10 14l4-4", "M8.5 11.500L6 14a3 3 0 0 0 4.2 4.200l2.5-2.5", "M15.5 12.500L18 10a3 3 0 0 0-4.2-4.200l-2.5 2.5"],
  undo: ["M8 6L4.5 9.5 8 13", "M5 9.500h9a5 5 0 0 1 0 10h-3"],
  globe: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M4.5 12h15", "M12 4c2.5 2.2 3.5 5 3.5 8s-1 5.8-3.5 8c-2.5-2.2-3.5-5-3.5-8s1-5.8 3.5-8z"],
  pen: ["M5 19l.8-3.800L15.5 5.500l3 3L8.8 18.200z", "M13.5 7.500l3 3"],
  gauge: ["M5.5 18a8.5 8.5 0 1 1 13 0", "M12 13.5l3.500-4"],
  bin: ["M5 7.500h14", "M9.5 7.500v-2h5v2", "M7 7.500l.8 12h8.400l.8-12"],
} as const;

export type IconName = keyof typeof PATHS;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName, size = 20): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const looks = { viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor" };
  const strokes = { "stroke-width": 1.75, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [key, value] of Object.entries({ ...looks, ...strokes, class: `icon icon-${name}` })) {
    svg.setAttribute(key, String(value));
  }
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
