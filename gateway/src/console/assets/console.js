// Times in the reader's zone, with UTC at hand; nothing is asked for while nobody looks; whether the server answers.
"use strict";

function localize(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([title])")) {
    const moment = new Date(time.dateTime);
    if (isNaN(moment)) continue;
    time.title = time.textContent.trim();
    time.textContent = moment.toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" });
  }
}

function connected(yes) {
  const line = document.getElementById("connection");
  if (!line || line.hidden === yes) return;
  line.hidden = yes;
  line.textContent = yes ? "" : "Not connected: what is shown may be old. It goes on by itself.";
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => connected(event.detail.successful === true));
document.addEventListener("htmx:afterSettle", () => localize(document));
document.addEventListener("htmx:oobAfterSwap", () => localize(document));
localize(document);
