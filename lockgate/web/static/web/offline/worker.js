// The service worker: what a phone shows without a network. It keeps the shell (stylesheet, script, fonts, the page that
// says there is no network) and, in a cache of its own, the Home that was read last, which the server draws for this and
// from which it leaves out what is Confidential or above. No other page is ever kept: what is asked for goes to the
// network, and fails there as it would without this file.
const SHELL = "lockgate-shell-{version}";
const HOME = "lockgate-home";
const KEPT_HOME = "/offline/home";
const NO_NETWORK = "/offline";
const FILES = [];
const MOST_AGE_MS = 3 * 24 * 3600 * 1000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([...FILES, NO_NETWORK])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("lockgate-shell-") && name !== SHELL) await caches.delete(name);
      }
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (FILES.includes(url.pathname)) {
    event.respondWith(caches.match(request, { cacheName: SHELL, ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === "navigate") {
    event.respondWith(fromNetwork(event).catch(() => withoutNetwork(url)));
  }
});

async function fromNetwork(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

async function withoutNetwork(url) {
  if (url.pathname === "/") {
    const cache = await caches.open(HOME);
    const home = await cache.match(KEPT_HOME);
    if (home) {
      if (Date.now() - Date.parse(home.headers.get("Date") ?? "") < MOST_AGE_MS) return home;
      await cache.delete(KEPT_HOME);
    }
  }
  return (await caches.match(NO_NETWORK, { cacheName: SHELL })) ?? Response.error();
}

// A notice for this device: encrypted for it alone, and made when it was sent from what its reader may know.
self.addEventListener("push", (event) => event.waitUntil(showTold(event.data)));

async function showTold(data) {
  let told = {};
  try {
    told = data?.json() ?? {};
  } catch {
    // Every message must show something, or the browser shows words of its own.
  }
  const icon = FILES.find((one) => one.includes("icon-192"));
  await self.registration.showNotification(told.title || "Lockgate", {
    body: told.body ?? "",
    tag: told.tag ?? "notice",
    data: told.link ?? "/",
    icon,
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openTold(event.notification.data));
});

async function openTold(link) {
  const address = new URL(link, self.location.origin);
  // Never a page of anybody else, whatever a message says.
  if (address.origin !== self.location.origin) return;
  const [open] = await self.clients.matchAll({ type: "window" });
  if (open) await (await open.focus()).navigate(address.href);
  else await self.clients.openWindow(address.href);
}
