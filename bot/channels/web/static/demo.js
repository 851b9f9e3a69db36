/** The demo page: three chats, one clock that can be moved. */

import { Chat } from "./chat.js";
import { Clock } from "./clock.js";
import { Tabs } from "./tabs.js";

/* Three streams of the six connections a browser grants: a hidden demo page lets go of them soon. */
const HUSH_MS = 3_000;

const tabs = new Tabs(document.querySelector(".tabs"));
const clock = new Clock(document.querySelector(".clock"), () => chats.forEach((chat) => chat.nameDays()));
const chats = [...document.querySelectorAll("section.chat")].map((root) => new Chat(root, { now: clock.now, hush_ms: HUSH_MS }));

for (const { root } of chats) root.addEventListener("news", () => tabs.count(root.parentNode));
/* The page around the chats speaks the donor's language. */
chats[0].root.addEventListener("menu", ({ detail }) => speak(detail));
clock.load().then(() => chats.forEach((chat) => chat.open()));

function speak({ language, title, words }) {
  document.documentElement.lang = language;
  document.title = `${title} · ${words.demo_title ?? ""}`;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = words[node.dataset.word] ?? node.textContent;
  clock.use(language, words);
}
