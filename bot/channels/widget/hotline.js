// The 12345 chat widget: one script tag on any page. No framework, everything in a shadow root, no foreign host.
// <script src="/widget/hotline.js" data-language="auto|zh|en" data-open="true|false" data-title="..."></script>
(() => {
  "use strict";
  if (window.Hotline) return;
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const load = (file) => new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = new URL(file, script.src).href;
    tag.onload = resolve;
    tag.onerror = () => reject(new Error(`${file} could not be loaded`));
    document.head.append(tag);
  });
  const loadStyle = async () => (await fetch(new URL("style.css", script.src))).text();
  window.Hotline = { open: () => undefined, close: () => undefined };
  Promise.all([load("strings.js"), load("store.js"), load("chat.js"), load("vendor/socket.io.min.js"), loadStyle()])
    .then(([, , , , style]) => {
      const { HotlineChat } = window.HotlineParts;
      const asked = script.dataset.language || "auto";
      const language = asked === "auto" ? (navigator.language.startsWith("zh") ? "zh" : "en") : asked;
      const chat = new HotlineChat({ origin, style, language, title: script.dataset.title || "" });
      document.body.append(chat.host);
      window.Hotline.open = () => chat.open();
      window.Hotline.close = () => chat.close();
      if (script.dataset.open === "true") chat.open({ focus: false });
    })
    .catch((error) => console.error("12345:", error.message));
})();
