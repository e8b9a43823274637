// What outlives a page: the session id, the language, and words that are not stored by the service yet.
// Where localStorage is refused (private windows, embedded pages) memory takes its place.
(() => {
  "use strict";
  const memory = new Map();
  const backend = (() => {
    try {
      localStorage.setItem("hotline.probe", "1");
      localStorage.removeItem("hotline.probe");
      return localStorage;
    } catch {
      return { getItem: (key) => memory.get(key) ?? null, setItem: (key, value) => memory.set(key, value), removeItem: (key) => memory.delete(key) };
    }
  })();
  const get = (key) => backend.getItem(`hotline.${key}`);
  const set = (key, value) => {
    try { value === null ? backend.removeItem(`hotline.${key}`) : backend.setItem(`hotline.${key}`, value); } catch { memory.set(`hotline.${key}`, value); }
  };

  class Pending {
    // Utterances without an acknowledgement, oldest first: {clientId, message, title, session}.
    list() { try { return JSON.parse(get("pending") || "[]"); } catch { return []; } }
    add(item) { set("pending", JSON.stringify([...this.list(), item])); }
    remove(clientId) { set("pending", JSON.stringify(this.list().filter((item) => item.clientId !== clientId))); }
  }

  const newId = () => (crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join(""));
  (window.HotlineParts ||= {}).store = { get, set, newId, pending: new Pending() };
})();
