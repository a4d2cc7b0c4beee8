import { ask } from "./words.js";

const asks = {
  add: ["/security/passkeys/asking", "/security/passkeys", "create", "parseCreationOptionsFromJSON"],
  prove: ["/sign-in/passkey", "/sign-in/passkey/proof", "get", "parseRequestOptionsFromJSON"],
};

/** Buttons that make or prove a passkey; where the browser knows none they are taken away. */
export function startPasskeys() {
  const buttons = document.querySelectorAll("[data-passkey]");
  for (const button of buttons) {
    if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) button.hidden = true;
    button.addEventListener("click", () => usePasskey(button));
  }
}

async function usePasskey(button) {
  const [begin, end, verb, parse] = asks[button.dataset.passkey];
  const fields = new FormData();
  button.disabled = true;
  let told = await ask(begin, fields);
  if (!told.error) {
    try {
      const made = await navigator.credentials[verb]({ publicKey: PublicKeyCredential[parse](told.ask) });
      fields.append("answer", JSON.stringify(made));
      fields.append("name", document.getElementById("passkey-name")?.value ?? "");
      told = await ask(end, fields);
    } catch {
      told = { error: "given-up" };
    }
  }
  button.disabled = false;
  if (told.next) location.assign(told.next);
  const line = document.getElementById("problem");
  if (told.sentence && line) {
    line.textContent = [told.sentence, told.mend].filter(Boolean).join(" ");
    line.hidden = false;
  }
}
