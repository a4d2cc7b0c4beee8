import { ask } from "./words.js";

/** The switch that has this device told of notices. The browser asks for permission when it is turned on, never before. */
export function startPush() {
  const box = document.querySelector("input[data-push]");
  if (box) preparePush(box).catch(() => sayPush("failed"));
}

function sayPush(name) {
  const line = document.getElementById("push-said");
  line.textContent = line.dataset[name] ?? name;
}

/** The row of the list that is this browser, if it is there. */
async function pushRow(held) {
  if (!held) return null;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(held.endpoint));
  const digest = [...new Uint8Array(hash)].map((one) => one.toString(16).padStart(2, "0")).join("");
  return document.querySelector(`[data-device="${digest}"]`);
}

async function preparePush(box) {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return sayPush("cannot");
  await navigator.serviceWorker.register("/service-worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  await showPush(box, pushManager);
  box.disabled = !box.checked && Notification.permission === "denied";
  if (box.disabled) sayPush("denied");
  box.addEventListener("change", async () => {
    box.disabled = true;
    try {
      await (box.checked ? turnPushOn(box, pushManager) : turnPushOff(pushManager));
    } catch {
      sayPush("failed");
    }
    await showPush(box, pushManager);
    box.disabled = false;
    box.focus();
  });
}

async function showPush(box, pushManager) {
  const row = await pushRow(await pushManager.getSubscription());
  box.checked = row !== null;
  if (row) row.querySelector("[data-here]").textContent = document.getElementById("push-said").dataset.here;
}

async function turnPushOn(box, pushManager) {
  if ((await Notification.requestPermission()) !== "granted") return sayPush("denied");
  const wanted = { userVisibleOnly: true, applicationServerKey: box.dataset.push };
  // One that was made for another key of this installation is good for nothing.
  const made = await pushManager.subscribe(wanted).catch(async () => {
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(wanted);
  });
  const { endpoint, keys } = made.toJSON();
  const fields = new FormData();
  for (const [name, value] of Object.entries({ endpoint, ...keys })) fields.append(name, value);
  const told = await ask("/devices", fields);
  if (told.error) await made.unsubscribe();
  sayPush(told.error ? [told.sentence, told.mend].filter(Boolean).join(" ") : "done");
  await listPushed();
}

async function turnPushOff(pushManager) {
  const held = await pushManager.getSubscription();
  const row = await pushRow(held);
  if (row) await ask(`/devices/${row.dataset.number}/end`, new FormData());
  await held?.unsubscribe();
  sayPush("off");
  await listPushed();
}

function listPushed() {
  return htmx.ajax("GET", "/devices", { target: "[data-devices]", swap: "innerHTML" });
}
