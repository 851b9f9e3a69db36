/** The furniture of a chat: heading, menu, messages, composer; and its words, once the server has said them. */

import { el, icon, logo } from "./dom.js";

/** Builds the furniture into section `root`; returns the parts that move. */
export function build(root) {
  const id = `chat-${root.dataset.seat}`;
  const parts = {
    heading: root.querySelector("h1, h2"),
    subtitle: el("p", { class: "subtitle" }),
    menu: el("button", { type: "button", class: "menu", "aria-expanded": "false", "aria-controls": `${id}-menu` }, icon("menu")),
    commands: el("nav", { class: "commands", id: `${id}-menu` }),
    banner: el("div", { class: "banner", role: "status", hidden: true }),
    hello: el("div", { class: "hello", hidden: true }),
    log: el("div", { class: "log", role: "log", "aria-live": "off", "aria-busy": "true" }),
    below: el("div", { class: "below" }),
    count: el("b"),
    text: el("textarea", { name: "text", rows: 1, autocomplete: "off", enterkeyhint: "send", id: `${id}-text` }),
    send: el("button", { class: "send" }, icon("sendFill")),
  };
  parts.jump = el("button", { type: "button", class: "jump", hidden: true }, parts.count, icon("down"));
  parts.scroll = el("div", { class: "scroll", tabindex: 0 }, parts.hello, parts.log, parts.below);
  parts.form = el("form", { class: "composer" }, parts.text, parts.send);
  root.replaceChildren(
    el("header", { class: "head" }, logo(), el("div", { class: "names" }, parts.heading, parts.subtitle), parts.menu),
    parts.commands,
    el("div", { class: "talk" }, parts.banner, parts.scroll, parts.jump, parts.form));
  openAndClose(root, parts);
  return parts;
}

/** Puts the words of `menu` on the furniture, and its commands into the list. */
export function dress(parts, menu, chat) {
  const { words } = chat;
  if (parts.heading.dataset.fixed === undefined) parts.heading.textContent = menu.title;
  parts.subtitle.textContent = menu.organisation;
  parts.text.placeholder = words.placeholder ?? "";
  const labels = { text: "placeholder", send: "send", menu: "menu", commands: "menu", log: "log", scroll: "log" };
  for (const [part, word] of Object.entries(labels)) parts[part].setAttribute("aria-label", words[word] ?? "");
  parts.commands.replaceChildren(
    el("p", { class: "tagline" }, words.tagline ?? ""),
    el("ul", {}, ...menu.commands.map((entry) => el("li", {}, commandButton(entry, parts, chat)))),
    el("p", { class: "privacy" }, icon("lock"), words.privacy ?? ""));
  parts.hello.replaceChildren(
    logo(), el("p", { class: "title" }, menu.title), el("p", {}, words.welcome ?? ""),
    el("button", { type: "button", class: "begin", onclick: () => chat.send({ text: "/start" }) }, words.begin ?? "/start"));
}

function commandButton({ command, label }, parts, chat) {
  const press = () => {
    setOpen(parts, false);
    chat.send({ text: command });
  };
  return el("button", { type: "button", "data-command": command, onclick: press }, el("span", {}, label), el("kbd", {}, command));
}

function setOpen(parts, open) {
  parts.menu.setAttribute("aria-expanded", String(open));
  parts.commands.classList.toggle("open", open);
  parts.menu.replaceChildren(icon(open ? "close" : "menu"));
}

function openAndClose(root, parts) {
  const isOpen = () => parts.commands.classList.contains("open");
  const buttons = () => [...parts.commands.querySelectorAll("button")];
  parts.menu.addEventListener("click", () => {
    setOpen(parts, !isOpen());
    if (isOpen()) buttons()[0]?.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (isOpen() && !parts.commands.contains(event.target) && !parts.menu.contains(event.target)) setOpen(parts, false);
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    setOpen(parts, false);
    parts.menu.focus();
  });
  parts.commands.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = buttons();
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  });
}
