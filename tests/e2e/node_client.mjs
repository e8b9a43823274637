// A resident on socket.io-client, as a stock Rasa web widget speaks: no metadata, no acknowledgements.
// Usage: node node_client.mjs URL TEXT...   Prints one JSON line: the session and every bubble.
import { io } from "socket.io-client";

const [url, ...texts] = process.argv.slice(2);
const socket = io(url, { path: "/socket.io", reconnection: false });
const bubbles = [];
let heard = () => {};
let session = null;

socket.on("bot_uttered", (bubble) => { bubbles.push(bubble); heard(); });
const confirmed = new Promise((resolve) => socket.on("session_confirm", resolve));
socket.on("connect_error", (error) => { console.error(error.message); process.exit(1); });
socket.on("connect", async () => {
  socket.emit("session_request", { session_id: null });
  session = await confirmed;
  for (const text of texts) {
    const answered = new Promise((resolve) => { heard = resolve; });
    socket.emit("user_uttered", { message: text, session_id: session });
    await answered;
  }
  console.log(JSON.stringify({ session, bubbles }));
  socket.disconnect();
});
setTimeout(() => { console.error("no answer in 30 s"); process.exit(1); }, 30_000).unref();
