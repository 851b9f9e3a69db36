/** Message text to nodes: web addresses become links, commands become buttons; all else stays plain text. */

import { el } from "./dom.js";

/* A command stands alone ("/register"), unlike "và/hoặc" or "14/6". No look-behind: iPhones of before 2023 lack it. */
const SPECIAL = /(https?:\/\/[^\s<>"'“”]+)|(^|[\s(“"'.,;:!?])(\/[a-z][a-z_]{1,31})(?![\p{L}\p{N}_/])/giu;
const TRAILING = /[.,;:!?)\]]+$/;

/** The nodes for `text`; a pressed command is handed to `onCommand`. */
export function richText(text, onCommand) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(SPECIAL)) {
    const [, address, before, command] = match;
    const shown = address ? address.replace(TRAILING, "") : command;
    const start = match.index + (address ? 0 : before.length);
    nodes.push(text.slice(end, start), address ? link(shown) : commandButton(shown, onCommand));
    end = start + shown.length;
  }
  return [...nodes, text.slice(end)];
}

/** `address` as an absolute http(s) URL, or null for anything else (javascript:, data:, broken). */
export function safeUrl(address) {
  try {
    const url = new URL(address, location.href);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function link(address) {
  const href = safeUrl(address);
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, address) : address;
}

function commandButton(command, onCommand) {
  return el("button", { type: "button", class: "command", onclick: () => onCommand(command) }, command);
}
