// What this device keeps of Lockgate: the Home that was read last, and words that could not be sent. Whoever signs out,
// or signs in as somebody else, finds none of it.
const HOME = "lockgate-home";
const EVERY_MS = 5 * 60_000;
const CONFIDENTIAL = 2;
const reader = document.body.dataset.me ?? "";
const canKeep = "serviceWorker" in navigator && "caches" in window && window.isSecureContext;

function draftKey(slot) {
  return `lockgate:draft:${slot}`;
}

function keptKeys() {
  return Object.keys(localStorage).filter((one) => one.startsWith("lockgate:"));
}

/** Keep words here that the server could not be given. What is marked Confidential or above is not kept. */
export function keepWords(slot, body, marking) {
  if (reader && body.trim() && Number(marking) < CONFIDENTIAL) localStorage.setItem(draftKey(slot), JSON.stringify({ me: reader, body }));
  else localStorage.removeItem(draftKey(slot));
}

export function forgetWords(slot) {
  localStorage.removeItem(draftKey(slot));
}

export function keptWords(slot) {
  try {
    const one = JSON.parse(localStorage.getItem(draftKey(slot)));
    return one?.me === reader ? one.body : "";
  } catch {
    return "";
  }
}

async function forgetAll() {
  for (const key of keptKeys()) localStorage.removeItem(key);
  if ("caches" in window) await caches.delete(HOME);
}

/** Whoever is here now is not who was to be told: no more comes, and what is shown goes. */
async function forgetPushed() {
  const worker = await navigator.serviceWorker?.getRegistration();
  await (await worker?.pushManager?.getSubscription())?.unsubscribe();
  for (const shown of (await worker?.getNotifications?.()) ?? []) shown.close();
}

async function keepHome() {
  const last = Number(localStorage.getItem("lockgate:home-at") ?? 0);
  if (location.pathname !== "/" || Date.now() - last < EVERY_MS) return;
  const answer = await fetch("/offline/home", { credentials: "same-origin" });
  if (!answer.ok || answer.redirected || answer.headers.get("Lockgate-Keep") !== "home") return;
  await (await caches.open(HOME)).put("/offline/home", answer);
  localStorage.setItem("lockgate:home-at", String(Date.now()));
}

async function settle() {
  if (!reader) {
    localStorage.removeItem("lockgate:me");
    localStorage.removeItem("lockgate:home-at");
    if ("caches" in window) await caches.delete(HOME);
    await forgetPushed();
    return;
  }
  if (localStorage.getItem("lockgate:me") !== reader) {
    const mine = keptKeys().filter((key) => key.startsWith("lockgate:draft:") && keptWords(key.slice(15)));
    for (const key of keptKeys()) if (!mine.includes(key)) localStorage.removeItem(key);
    if ("caches" in window) await caches.delete(HOME);
    // Before any page can turn it on anew: a device that nobody has used yet holds nothing.
    if (localStorage.getItem("lockgate:me")) await forgetPushed();
    localStorage.setItem("lockgate:me", reader);
  }
  if (!canKeep) return;
  await navigator.serviceWorker.register("/service-worker.js");
  await keepHome();
}

export function startKeeping() {
  if ("offline" in document.body.dataset) return;
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/sign-out") forgetAll();
  });
  // After all that a first look needs; a device that keeps nothing works as before.
  const soon = () => setTimeout(() => settle().catch(() => {}), 1500);
  if (document.readyState === "complete") soon();
  else window.addEventListener("load", soon);
}
