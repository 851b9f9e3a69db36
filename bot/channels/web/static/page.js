/** The public page: one chat, a deep link, the count of unread answers in the title. */

import { Chat } from "./chat.js";

const root = document.querySelector("section.chat");
const chat = new Chat(root);
const start = new URLSearchParams(location.search).get("start");
let unseen = 0;

root.addEventListener("menu", ({ detail }) => {
  document.documentElement.lang = detail.language;
  showTitle();
});
root.addEventListener("news", () => {
  unseen += document.hidden ? 1 : 0;
  showTitle();
});
document.addEventListener("visibilitychange", () => {
  unseen = document.hidden ? unseen : 0;
  showTitle();
});

chat.open();
if (start !== null) follow(start);

/** Sends the deep link once: it is kept in the outbox before it leaves the address, so a reload neither loses nor repeats it. */
function follow(payload) {
  if (/^[\w-]{1,64}$/.test(payload)) chat.send({ start: payload });
  history.replaceState(null, "", location.pathname);
}

function showTitle() {
  document.title = unseen ? `(${unseen}) ${chat.title}` : chat.title;
}
