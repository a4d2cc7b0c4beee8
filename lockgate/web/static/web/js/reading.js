import { ask, word } from "./words.js";

// What is read: a post that stood on the screen for a while is, and is said so to the server in batches.
const LOOKED_AT_MS = 1500;
const READ_BATCH_MS = 2000;
const readTimers = new Map();
let readNow = new Set();
let readTelling = 0;

async function tellRead() {
  const some = [...readNow];
  readNow = new Set();
  if (some.length) await ask("/read", new URLSearchParams({ of: some.join(",") }));
}

function nowSeen(post) {
  post.classList.remove("unread");
  post.querySelector("[data-unread]")?.remove();
  readNow.add(post.id.slice(1));
  clearTimeout(readTelling);
  readTelling = setTimeout(tellRead, READ_BATCH_MS);
}

const readWatcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(readTimers.get(target));
      if (!isIntersecting) continue;
      readTimers.set(target, setTimeout(() => {
        if (document.visibilityState !== "visible") return;
        readWatcher.unobserve(target);
        nowSeen(target);
      }, LOOKED_AT_MS));
    }
  },
  { threshold: 0.6 },
);

/** Show a post as not read yet, until it has been looked at. */
export function markUnread(post) {
  if (post.classList.contains("unread")) return;
  post.classList.add("unread");
  const mark = document.createElement("span");
  mark.className = "new-mark";
  mark.dataset.unread = "";
  mark.textContent = word("unread");
  post.querySelector("header")?.append(mark);
  readWatcher.observe(post);
}
