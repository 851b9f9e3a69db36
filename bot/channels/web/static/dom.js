/** Builds elements from data; text goes in as text nodes only, so nothing a person typed can become markup. */

const SVG = "http://www.w3.org/2000/svg";

/** Path data on a 24 x 24 grid; a name ending in "Fill" is filled, the others are drawn with a line. */
const PATHS = {
  dropFill: ["M12 1.8c-.5 0-.9.2-1.2.6C7.7 6.5 4.5 10.7 4.5 14.6a7.5 7.5 0 0 0 15 0c0-3.9-3.2-8.1-6.3-12.2-.3-.4-.7-.6-1.2-.6Z"],
  menu: ["M4 7h16", "M4 12h16", "M4 17h16"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  sendFill: ["M3.4 20.3 21.6 12.6a.65.65 0 0 0 0-1.2L3.4 3.7a.65.65 0 0 0-.9.75L4.7 11l8.8 1-8.8 1-2.2 6.55a.65.65 0 0 0 .9.75Z"],
  down: ["M6 9.5l6 6 6-6"],
  wait: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Z", "M12 8v4.3l2.7 1.7"],
  check: ["M5 12.8l4.5 4.5L19 7.5"],
  warn: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Z", "M12 8v5", "M12 16v.1"],
  file: ["M7 3h7l5 5v11.5A1.5 1.5 0 0 1 17.5 21h-10.5A1.5 1.5 0 0 1 5.5 19.5V4.5A1.5 1.5 0 0 1 7 3Z", "M14 3v5h5"],
  download: ["M12 4v11", "M7 10.5l5 5 5-5", "M5 20h14"],
  pin: ["M12 21c4.2-4.6 6.5-8 6.5-11a6.5 6.5 0 0 0-13 0c0 3 2.3 6.4 6.5 11Z", "M12 7.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6Z"],
  out: ["M9 5h10v10", "M19 5L6 18"],
  clip: ["M8.5 12.5l6-6a2.6 2.6 0 0 1 3.7 3.7l-7.7 7.7a4.4 4.4 0 0 1-6.2-6.2l7.4-7.4"],
  lock: ["M6.5 11h11v9h-11Z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
};

/** An element with attributes (`on…` are listeners, null and false are left out) and children (text or nodes). */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A decorative icon, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", name.endsWith("Fill") ? "icon filled" : "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(...PATHS[name].map((d) => path(d)));
  return svg;
}

/** The logo: a drop with its light. */
export function logo() {
  const svg = icon("dropFill");
  svg.setAttribute("class", "logo");
  const light = path("M8.3 14.7a3.8 3.8 0 0 0 3.1 3.7");
  light.setAttribute("class", "light");
  svg.append(light);
  return svg;
}

function path(d) {
  const node = document.createElementNS(SVG, "path");
  node.setAttribute("d", d);
  return node;
}
