// The console's live part: events from the server, the alarm, times that count, Enter to send.
(() => {
  "use strict";
  const body = document.body;
  const words = () => JSON.parse(document.getElementById("alarm-words").textContent);
  const pageTitle = document.title;
  let sound = null;
  let flashing = null;

  const beep = () => {
    if (!sound) return;
    for (const offset of [0, 0.25, 0.5]) {
      const tone = sound.createOscillator();
      const volume = sound.createGain();
      tone.frequency.value = 880;
      volume.gain.value = 0.25;
      tone.connect(volume).connect(sound.destination);
      tone.start(sound.currentTime + offset);
      tone.stop(sound.currentTime + offset + 0.15);
    }
  };

  const flash = () => {
    clearInterval(flashing);
    let on = false;
    flashing = setInterval(() => { on = !on; document.title = on ? body.dataset.alarmTitle : pageTitle; }, 700);
  };
  const stopFlashing = () => { clearInterval(flashing); document.title = pageTitle; };

  const toAlarm = (event) => {
    const { kinds, levels, again } = words();
    const title = `${levels[event.level] || event.level} · ${kinds[event.kind] || event.kind}`;
    return {
      key: event.handoff_id + (event.is_stored ? "" : "-unstored"),
      title: event.escalation ? `${title} · ${again}` : title,
      text: event.text,
      places: event.places.join("; "),
      contacts: event.contacts.join("; "),
      stored: event.is_stored,
      unstored: !event.is_stored,
      link: `/console/conversations/${event.conversation_id}`,
    };
  };

  document.addEventListener("alpine:init", () => {
    window.Alpine.data("alarms", () => ({
      shown: [],
      silent: true,
      sounding: false,
      init() {
        document.addEventListener("hotline:crisis", (heard) => {
          const alarm = toAlarm(heard.detail);
          this.shown = [alarm, ...this.shown.filter((known) => known.key !== alarm.key)].slice(0, 20);
        });
      },
      enableSound() {
        sound = new AudioContext();
        this.silent = false;
        this.sounding = true;
      },
      dismiss(click) {
        const key = click.target.dataset.key;
        this.shown = this.shown.filter((alarm) => alarm.key !== key);
        if (!this.shown.length) stopFlashing();
      },
    }));
  });

  const listen = () => {
    const source = new EventSource(body.dataset.live);
    const refresh = () => window.htmx.trigger(body, "refresh");
    // After a break the pages may be behind: read them anew.
    source.addEventListener("open", () => { if (document.querySelector("#queue")) refresh(); });
    source.addEventListener("crisis", (message) => {
      document.dispatchEvent(new CustomEvent("hotline:crisis", { detail: JSON.parse(message.data) }));
      beep();
      flash();
      refresh();
    });
    const here = document.querySelector("[data-conversation]");
    source.addEventListener("handoff", (message) => {
      refresh();
      if (here && JSON.parse(message.data).conversation_id === here.dataset.conversation) window.htmx.trigger(body, "side");
    });
    source.addEventListener("entry", (message) => {
      if (here && JSON.parse(message.data).conversation_id === here.dataset.conversation) window.htmx.trigger(body, "entry");
      else if (document.querySelector("#queue")) refresh();
    });
    window.addEventListener("pagehide", () => source.close());
  };

  const twoDigits = (number) => String(number).padStart(2, "0");
  const countTimes = () => {
    for (const time of document.querySelectorAll("time.since")) {
      const seconds = Math.max(0, Math.floor((Date.now() - new Date(time.dateTime)) / 1000));
      time.textContent = `${Math.floor(seconds / 60)}:${twoDigits(seconds % 60)}`;
    }
    for (const time of document.querySelectorAll("time.clock:empty")) {
      const moment = new Date(time.dateTime);
      time.textContent = `${twoDigits(moment.getHours())}:${twoDigits(moment.getMinutes())}`;
    }
    for (const time of document.querySelectorAll("time.day:empty")) {
      time.textContent = new Date(time.dateTime).toLocaleDateString(document.documentElement.lang);
    }
  };

  const toEnd = () => {
    const transcript = document.getElementById("transcript");
    if (transcript) transcript.scrollTop = transcript.scrollHeight;
  };

  document.addEventListener("keydown", (press) => {
    // While an input method composes, Enter chooses a character: it must not send.
    if (press.key === "Enter" && !press.shiftKey && !press.isComposing && press.target.matches("[data-sends]")) {
      press.preventDefault();
      const files = press.target.form.querySelector("[type=file]");
      if (press.target.value.trim() || files?.files.length) press.target.form.requestSubmit();
    }
  });
  document.addEventListener("click", (click) => {
    const insert = click.target.closest("[data-insert]");
    const box = document.getElementById("reply-text");
    if (insert && box) { box.value = [box.value, insert.dataset.insert].filter(Boolean).join("\n"); box.focus(); }
  });
  document.addEventListener("htmx:afterSwap", () => { countTimes(); toEnd(); });
  document.addEventListener("htmx:afterSettle", (settled) => {
    if (settled.target.id === "reply-area") document.getElementById("reply-text")?.focus();
  });
  document.addEventListener("htmx:responseError", (failed) => {
    const line = document.getElementById("error");
    let text = failed.detail.xhr.statusText;
    try { text = JSON.parse(failed.detail.xhr.responseText).error.text; } catch { /* not ours: the status says it */ }
    line.textContent = text;
    line.hidden = false;
    setTimeout(() => { line.hidden = true; }, 8000);
  });
  document.addEventListener("DOMContentLoaded", () => {
    countTimes();
    toEnd();
    setInterval(countTimes, 1000);
    if (body.dataset.live) listen();
  });
})();
