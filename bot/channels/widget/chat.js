// The chat itself: transcript, message box, connection. Everything that anybody wrote is put in as text, never as markup.
(() => {
  "use strict";
  const parts = (window.HotlineParts ||= {});
  const MAX_LENGTH = 100_000;
  const ACK_MS = 10_000;
  const EDGE = 8; // pixels between the window's edge and the bubble it was moved to
  const LINK = /https?:\/\/[^\s<>"'，。；）]+/g;

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  };

  const withLinks = (text) => {
    const pieces = [];
    let position = 0;
    for (const found of text.matchAll(LINK)) {
      pieces.push(text.slice(position, found.index), make("a", { href: found[0], target: "_blank", rel: "noopener noreferrer" }, found[0]));
      position = found.index + found[0].length;
    }
    pieces.push(text.slice(position));
    return pieces;
  };

  const isChinese = (text) => /[\u3400-\u9fff]/.test(text);

  class HotlineChat {
    constructor({ origin, style, language, title }) {
      this.origin = origin;
      this.title = title;
      this.language = parts.store.get("language") || language;
      this.seen = new Map(); // message id or client id -> bubble
      this.inFlight = new Set();
      this.state = "bot";
      this.operator = null;
      this.host = make("div", { id: "hotline-widget" });
      this.root = this.host.attachShadow({ mode: "open" });
      // A constructed sheet, not a style element: it works under a strict content security policy.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      this.root.adoptedStyleSheets = [sheet];
      this.build();
      this.speak();
    }

    get t() { return parts.strings[this.language]; }

    build() {
      this.launcher = make("button", { class: "launcher", type: "button", "aria-expanded": "false", onclick: () => this.open() });
      this.heading = make("h2", { id: "title" });
      this.switchLanguage = make("button", { class: "plain", type: "button", onclick: () => this.setLanguage(this.language === "zh" ? "en" : "zh") });
      this.closer = make("button", { class: "plain close", type: "button", onclick: () => this.close() }, "✕");
      this.emergency = make("p", { class: "emergency" });
      this.banner = make("p", { class: "banner", role: "status", hidden: true });
      this.notice = make("p", { class: "notice", role: "status", hidden: true });
      this.log = make("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" });
      // A banner or a growing message box takes room from the log: what was in view stays in view.
      new ResizeObserver(() => this.follow(this.followed)).observe(this.log);
      this.typing = make("p", { class: "typing", hidden: true });
      this.label = make("label", { for: "message", class: "hidden" });
      this.input = make("textarea", { id: "message", rows: "1", maxlength: String(MAX_LENGTH), autocomplete: "off", onkeydown: (press) => this.onKey(press), oninput: () => this.fit() });
      this.sender = make("button", { class: "send", type: "submit" });
      this.picker = make("input", { type: "file", class: "hidden", id: "files", multiple: true, tabindex: "-1", "aria-hidden": "true", onchange: () => this.attach() });
      this.attacher = make("button", { class: "attach", type: "button", onclick: () => this.picker.click() }, "+");
      this.form = make("form", { onsubmit: (event) => { event.preventDefault(); this.submit(); } }, this.picker, this.attacher, this.label, this.input, this.sender);
      this.panel = make("section", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true, onkeydown: (press) => { if (press.key === "Escape" && !press.isComposing) this.close(); } },
        make("div", { class: "head" }, this.heading, this.switchLanguage, this.closer), this.emergency, this.banner, this.log, this.typing, this.notice, this.form);
      this.root.append(this.launcher, this.panel);
    }

    // Put every sentence of our own into the language chosen.
    speak() {
      const { t } = this;
      this.host.lang = this.language === "zh" ? "zh-CN" : "en";
      this.launcher.textContent = t.launcher;
      this.heading.textContent = this.title || t.title;
      this.switchLanguage.textContent = t.language;
      this.switchLanguage.setAttribute("aria-label", t.languageLabel);
      this.switchLanguage.lang = this.language === "zh" ? "en" : "zh-CN";
      this.closer.setAttribute("aria-label", t.close);
      this.label.textContent = t.input;
      this.input.placeholder = t.placeholder;
      this.sender.textContent = t.send;
      this.attacher.setAttribute("aria-label", t.attach);
      this.attacher.title = t.attach;
      this.log.setAttribute("aria-label", t.log);
      this.typing.textContent = `${t.bot} ${t.typing}`;
      const numbers = ["110", "119", "120", "12356"].flatMap((number) => [make("a", { href: `tel:${number}` }, number), " "]);
      this.emergency.replaceChildren(`${t.emergency} `, ...numbers);
      this.showState(this.state, this.operator);
    }

    setLanguage(language) {
      this.language = language;
      parts.store.set("language", language);
      // Other channels of the same person speak it too.
      if (this.session) this.socket.emit("language_set", { session_id: this.session, language });
      this.speak();
    }

    open({ focus = true } = {}) {
      this.panel.hidden = false;
      this.launcher.hidden = true;
      this.launcher.setAttribute("aria-expanded", "true");
      if (!this.socket) this.connect();
      if (!this.log.childElementCount) this.addBubble({ author: "bot", text: this.t.welcome, quiet: true });
      if (focus) this.input.focus();
      this.toEnd();
    }

    close() {
      this.panel.hidden = true;
      this.launcher.hidden = false;
      this.launcher.setAttribute("aria-expanded", "false");
      this.launcher.focus();
    }

    // --- connection ---

    connect() {
      this.socket = window.io(this.origin, { path: "/socket.io", transports: ["websocket", "polling"], reconnectionDelayMax: 4000 });
      this.socket.on("connect", () => this.socket.emit("session_request", { session_id: parts.store.get("session"), language: this.language }));
      this.socket.on("disconnect", () => this.onOffline());
      this.socket.on("connect_error", () => this.onOffline());
      this.socket.on("session_confirm", (id) => this.onSession(id));
      this.socket.on("history", (history) => this.onHistory(history));
      this.socket.on("bot_uttered", (said) => this.onSaid(said));
      this.socket.on("utterance", (heard) => this.onEcho(heard));
      this.socket.on("typing", ({ on }) => { this.typing.hidden = !on; });
      this.socket.on("handoff_state", ({ state, operator }) => this.showState(state, operator));
      for (const item of parts.store.pending.list()) this.showPending(item);
    }

    onOffline() {
      this.isOffline = true;
      this.inFlight.clear();
      this.typing.hidden = true;
      this.say(this.t.offline, true);
    }

    onSession(id) {
      this.session = id;
      parts.store.set("session", id);
      if (this.isOffline) this.say(this.t.online);
      this.isOffline = false;
      for (const item of parts.store.pending.list()) this.deliver(item);
    }

    say(sentence, stays = false) {
      clearTimeout(this.hiding);
      this.notice.textContent = sentence;
      this.notice.hidden = false;
      if (!stays) this.hiding = setTimeout(() => { this.notice.hidden = true; }, 4000);
    }

    onHistory({ entries, state, operator, language }) {
      // A language that was set on another channel of this person holds here too.
      if (language && language !== this.language) {
        this.language = language;
        parts.store.set("language", language);
        this.speak();
      }
      for (const entry of entries) {
        this.addBubble({
          id: entry.message_id, clientId: entry.client_id, author: entry.author, text: entry.text, at: entry.at,
          operator: entry.operator, quickReplies: entry.quick_replies, data: entry.data, attachments: entry.attachments, quiet: true,
        });
        if (entry.client_id) parts.store.pending.remove(entry.client_id);
      }
      this.showState(state, operator);
      this.toEnd();
    }

    onSaid({ text, quick_replies: quickReplies, metadata = {} }) {
      this.typing.hidden = true;
      if (!text && !metadata.attachments) return;
      this.addBubble({ id: metadata.message_id, author: metadata.author || "bot", operator: metadata.operator, text, at: metadata.at, quickReplies, data: metadata.data, attachments: metadata.attachments });
    }

    onEcho({ message_id: id, client_id: clientId, text, at }) {
      const own = this.seen.get(clientId);
      if (own) { this.seen.set(id, own); return; }
      this.addBubble({ id, clientId, author: "resident", text, at });
    }

    // --- saying ---

    onKey(press) {
      // While an input method composes, Enter chooses a character: it must not send. 229 is what older browsers report.
      if (press.key !== "Enter" || press.shiftKey || press.isComposing || press.keyCode === 229) return;
      press.preventDefault();
      this.submit();
    }

    submit() {
      const text = this.input.value.trim();
      if (!text) { this.input.focus(); return; }
      this.utter(text);
      this.input.value = "";
      this.fit();
      this.input.focus();
    }

    // Files are uploaded first, then mentioned in one utterance; the words in the box go with them.
    async attach() {
      const chosen = [...this.picker.files];
      this.picker.value = "";
      if (!chosen.length || !this.session) return;
      this.say(this.t.uploading, true);
      try {
        const files = [];
        for (const file of chosen) files.push(await this.upload(file));
        this.notice.hidden = true;
        this.utter(this.input.value.trim(), null, files);
        this.input.value = "";
        this.fit();
      } catch (error) {
        this.say(error.shown || this.t.notUploaded, true);
      }
      this.input.focus();
    }

    async upload(file) {
      const headers = { "X-Session": this.session, "X-Name": encodeURIComponent(file.name), "Accept-Language": this.language };
      const answer = await fetch(new URL("/files", this.origin), { method: "POST", headers, body: file });
      const body = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(body.error.key), { shown: body.error.text });
      return body;
    }

    utter(message, title = null, files = []) {
      const item = { clientId: parts.store.newId(), message, title, files, at: new Date().toISOString() };
      parts.store.pending.add(item);
      this.showPending(item);
      if (this.session && this.socket.connected) this.deliver(item);
      else this.mark(item.clientId, this.t.waiting);
    }

    showPending(item) {
      this.retireQuickReplies();
      this.addBubble({ clientId: item.clientId, author: "resident", text: item.title || item.message, at: item.at, attachments: item.files });
      this.mark(item.clientId, this.t.sending);
    }

    deliver(item) {
      if (this.inFlight.has(item.clientId)) return;
      this.inFlight.add(item.clientId);
      this.mark(item.clientId, this.t.sending);
      const metadata = { client_id: item.clientId, language: this.language, title: item.title || undefined, files: (item.files || []).map((file) => file.id) };
      this.socket.timeout(ACK_MS).emit("user_uttered", { message: item.message, session_id: this.session, metadata }, (late, receipt) => {
        this.inFlight.delete(item.clientId);
        if (late || !receipt) { this.again(item, this.t.waiting); return; }
        if (receipt.recorded || receipt.error.key === "empty") {
          parts.store.pending.remove(item.clientId);
          if (receipt.message_id) this.seen.set(receipt.message_id, this.seen.get(item.clientId));
          this.mark(item.clientId, "");
          return;
        }
        this.say(receipt.error.text, true);
        this.again(item, this.t.failed);
      });
    }

    again(item, why) {
      this.mark(item.clientId, why);
      setTimeout(() => { if (this.socket.connected && this.session) this.deliver(item); }, 2000);
    }

    mark(clientId, status) {
      const bubble = this.seen.get(clientId);
      if (bubble) bubble.querySelector(".status").textContent = status;
      if (!status && !this.isOffline) this.notice.hidden = true;
    }

    // --- showing ---

    addBubble({ id, clientId, author, operator, text, at, quickReplies, data, attachments, quiet }) {
      if ((id && this.seen.has(id)) || (clientId && this.seen.has(clientId))) {
        const known = this.seen.get(clientId) || this.seen.get(id);
        if (id) this.seen.set(id, known);
        if (clientId && id) this.mark(clientId, "");
        return;
      }
      const { t } = this;
      const name = author === "operator" ? t.operator(operator ?? "") : t[author] || t.bot;
      const time = new Date(at || Date.now());
      const clock = make("time", { datetime: time.toISOString() }, time.toLocaleTimeString(this.host.lang, { hour: "2-digit", minute: "2-digit", hour12: false }));
      const bubble = make("div", { class: `bubble ${author}` },
        make("p", { class: "by" }, make("span", { class: "name" }, name), " ", clock, " ", make("span", { class: "status" })),
        make("p", { class: "text", lang: isChinese(text) ? "zh-CN" : "en" }, ...withLinks(text)));
      if (!text) bubble.querySelector(".text").remove();
      for (const file of attachments || []) bubble.append(this.attachment(file));
      if (data && data.protocol) bubble.classList.add("urgent");
      if (author === "resident" || author === "operator") this.retireQuickReplies();
      if (quickReplies && quickReplies.length) bubble.append(this.quickReplies(quickReplies));
      if (id) this.seen.set(id, bubble);
      if (clientId) this.seen.set(clientId, bubble);
      this.log.append(bubble);
      if (!quiet) this.follow(bubble);
    }

    attachment({ name, kind, url }) {
      const src = new URL(url, this.origin).href;
      if (kind === "photo") return make("p", { class: "file" }, make("a", { href: src, target: "_blank", rel: "noopener noreferrer" }, make("img", { src, alt: name, loading: "lazy" })));
      if (kind === "voice" || kind === "video") return make("p", { class: "file" }, make(kind === "voice" ? "audio" : "video", { src, controls: true, preload: "none", "aria-label": name }));
      return make("p", { class: "file" }, make("a", { href: src, target: "_blank", rel: "noopener noreferrer", download: name }, name));
    }

    quickReplies(replies) {
      const group = make("div", { class: "quick", role: "group", "aria-label": this.t.options });
      for (const { title, payload } of replies) {
        const button = make("button", { type: "button" }, title);
        button.addEventListener("click", () => {
          group.replaceChildren(make("span", { class: "chosen" }, `✓ ${title}`, make("span", { class: "hidden" }, ` (${this.t.chosen})`)));
          group.classList.add("done");
          this.utter(payload, title);
          this.input.focus();
        });
        group.append(button);
      }
      return group;
    }

    // A choice is open until the resident or a person says something: later it would answer a question that is over.
    // What the assistant says twice in one turn ("which rule do you mean?", "and how can we reach you?") stays open both.
    retireQuickReplies() {
      for (const group of this.log.querySelectorAll(".quick:not(.done)")) group.remove();
    }

    showState(state, operator) {
      this.state = state;
      this.operator = operator ?? null;
      clearInterval(this.counting);
      if (state === "waiting") {
        this.since ||= Date.now();
        const count = () => { this.banner.textContent = this.t.stateWaiting(Math.round((Date.now() - this.since) / 1000)); };
        count();
        this.banner.setAttribute("role", "timer"); // a timer is not read out each second
        this.counting = setInterval(count, 1000);
      } else {
        this.since = null;
        this.banner.setAttribute("role", "status");
        this.banner.textContent = state === "human" ? this.t.stateHuman(this.operator) : "";
      }
      this.banner.hidden = state === "bot";
    }

    fit() {
      this.input.style.height = "auto";
      this.input.style.height = `${Math.min(this.input.scrollHeight, 140)}px`;
    }

    // The newest words stay in view; of an answer taller than the window, its beginning.
    follow(bubble) {
      this.followed = bubble;
      const end = this.log.scrollHeight - this.log.clientHeight;
      this.log.scrollTop = bubble ? Math.min(end, bubble.offsetTop - EDGE) : end;
    }

    toEnd() { this.follow(null); }
  }

  parts.HotlineChat = HotlineChat;
})();
