/* `/room/<matter id>`: one consultation, followed as it goes on. `/room`: the rooms that wait for this person. */

import { paint } from "../wall/paint.mjs";
import { el } from "../wall/element.mjs";
import { Away, idempotencyKey, Refused } from "../hand/api.mjs";
import { timeText } from "../hand/clock.mjs";
import { InboxConnection } from "../hand/connection.mjs";
import { text } from "../live/catalogue.mjs";
import { Composer } from "./composer.mjs";
import { RoomDialog } from "./dialog.mjs";
import { FORMS } from "./forms.mjs";
import { listView, openView } from "./list_view.mjs";
import { messagesView } from "./message_view.mjs";
import { Minutes } from "./minutes.mjs";
import { bookingsView, decisionsView, filesView, participantsView } from "./side_view.mjs";

const TABS = ["talk", "decided", "people", "minutes"];

export async function mount(hand) {
  await new RoomPage(hand).start();
}

class RoomPage {
  #view = null;
  #readNo = 0;

  constructor(hand) {
    this.hand = hand;
    const { main } = hand;
    main.classList.add("room");
    main.dataset.tab = "talk";
    this.matter = decodeURIComponent(location.pathname.split("/")[2] ?? "");
    this.head = section(main, "header", "room-head");
    this.tabs = section(main, "nav", "room-tabs");
    this.talk = section(main, "section", "room-talk");
    this.messages = section(this.talk, "div", "room-messages");
    this.messages.setAttribute("aria-live", "polite");
    this.side = section(main, "aside", "room-side");
    this.decided = section(this.side, "section", "hand-card room-decided");
    this.people = section(this.side, "section", "hand-card room-people-card");
    this.dialog = new RoomDialog(main);
    this.minutes = new Minutes(this.side, hand);
    this.composer = new Composer(this.talk, { hand, store: hand.store, say: (...said) => this.#say(...said) });
  }

  async start() {
    const { main } = this.hand;
    main.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("visibilitychange", () => this.#read());
    const rooms = await this.#rooms();
    const room = this.matter ? (rooms.find(({ state }) => state === "open") ?? rooms[0]) : null;
    if (room) await this.#enter(room);
    else this.#showList(rooms);
  }

  async #rooms() {
    const query = this.matter ? `?matter=${encodeURIComponent(this.matter)}` : "";
    for (;;) {
      try {
        const { value } = await this.hand.api.get(`/api/v1/rooms${query}`);
        return value;
      } catch (error) {
        if (error instanceof Refused) {
          this.hand.notice(error.message);
          return [];
        }
        if (!(error instanceof Away)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 2_000));
      }
    }
  }

  #showList(rooms) {
    const { main, connection } = this.hand;
    main.dataset.tab = "list";
    connection.state = "live";
    connection.onState();
    const now = this.hand.clock.now();
    paint(this.head, this.matter ? openView(this.hand.facts) : listView(rooms, now));
  }

  /* Follows one room: the same patient question as an inbox, kept on the device under the room's own name. */
  async #enter(room) {
    const { api, clock, store, queue, connection: unused } = this.hand;
    const kept = { get: (name) => store.get(`room:${room.id}:${name}`), put: (name, value) => store.put(`room:${room.id}:${name}`, value) };
    const connection = new InboxConnection({ api, clock, store: kept, queue, path: `/api/v1/rooms/${room.id}` });
    connection.onState = unused.onState;
    connection.onInbox = (view, { isKept }) => this.#take(view, isKept);
    this.hand.connection = connection;
    this.room = room.id;
    await this.composer.start(room.id, room.matter_id);
    connection.start();
  }

  #take(view, isKept) {
    this.#view = view;
    this.isKept = isKept;
    this.#show();
    if (!isKept) this.#read();
  }

  #show() {
    const view = this.#view;
    const now = this.hand.clock.now();
    const files = new Map(view.attachments.map((one) => [one.id, one]));
    const wasAtEnd = this.messages.scrollHeight - this.messages.scrollTop - this.messages.clientHeight < 80;
    paint(this.head, headView(view, now));
    paint(this.tabs, TABS.map((tab) => el("button", { type: "button", "data-tab": tab, "aria-pressed": this.hand.main.dataset.tab === tab ? "true" : "false" }, text(`room.tab.${tab}`))));
    paint(this.messages, messagesView(view.messages, files, now));
    paint(this.decided, [...decisionsView(view, now), ...filesView(view)]);
    paint(this.people, [...participantsView(view, now), ...bookingsView(view, now)]);
    this.minutes.show(view, now);
    this.composer.show(view.me.may.includes("speak_in_room"));
    if (wasAtEnd) this.messages.scrollTop = this.messages.scrollHeight;
  }

  /* Only what stands on a page that somebody can see counts as read. */
  async #read() {
    if (!this.#view || document.hidden || this.isKept || this.hand.main.dataset.tab === "list") return;
    const { room } = this.#view;
    if (room.last_no <= this.#readNo) return;
    const before = this.#readNo;
    this.#readNo = room.last_no;
    try {
      await this.#post(`/api/v1/rooms/${room.id}/reads`, { up_to: room.last_no });
    } catch (error) {
      this.#readNo = before; // said again with the next news
      if (!(error instanceof Away || error instanceof Refused)) throw error;
    }
  }

  async #say(words, attachments, key) {
    await this.hand.api.post(`/api/v1/rooms/${this.room}/messages`, { text: words, attachments }, { key });
  }

  #post(path, body) {
    return this.hand.api.post(path, body, { key: idempotencyKey() });
  }

  async #clicked(event) {
    const tab = event.target.closest("button[data-tab]")?.dataset.tab;
    if (tab && TABS.includes(tab)) {
      this.hand.main.dataset.tab = tab;
      this.#show();
      return;
    }
    const button = event.target.closest("[data-do]");
    if (button?.dataset.do === "open") await this.#open();
    else if (button && FORMS[button.dataset.do]) await this.#form(button.dataset.do, button.dataset);
  }

  async #form(act, data) {
    const { facts, api, clock } = this.hand;
    try {
      const specialists = act === "book" ? (await api.get("/api/v1/specialists")).value : [];
      this.dialog.open(FORMS[act]({ room: this.room, facts, data: { ...data }, specialists, now: clock.now(), post: onceEach(api) }));
    } catch (error) {
      this.hand.notice(error.message);
    }
  }

  async #open() {
    this.dialog.open({
      title: text("room.open"),
      send: text("room.open_send"),
      fields: [
        { name: "topic", label: text("room.field.topic"), isRequired: true },
        { name: "host", label: text("room.field.host") },
      ],
      onSend: async ({ topic, host }) => {
        await this.#post("/api/v1/rooms", { matter_id: this.matter, topic, host });
        location.reload();
      },
    });
  }
}

/* Posts a form's act under one key until the server has judged it: pressed twice, it happens once; corrected after a
 * refusal, it is another act. */
function onceEach(api) {
  let key = idempotencyKey();
  return async (path, body) => {
    try {
      return await api.post(path, body, { key });
    } catch (error) {
      if (error instanceof Away) throw new Error(text("room.not_sent"));
      key = idempotencyKey();
      throw error;
    }
  };
}

function headView({ room, me }, now) {
  return [
    el("a", { class: "hand-quiet", href: "/room" }, text("room.all")),
    el("h1", { class: "hand-title" }, el("span", { class: "room-no" }, room.no), " ", room.title),
    el("p", {}, text("room.topic", { topic: room.topic })),
    el(
      "p",
      { class: "hand-label" },
      [
        room.place,
        text(room.state === "open" ? "room.open_since" : "room.closed_at", { time: timeText(room.state === "open" ? room.opened_at : room.closed_at, now) }),
        room.host ? text("room.host", { host: room.host }) : "",
        room.meets_at ? text("room.meets", { time: timeText(room.meets_at, now) }) : "",
      ].filter(Boolean).join(" · "),
    ),
    me.may.includes("open_room") ? el("button", { type: "button", class: "hand-quiet", "data-do": "move", "data-at": room.meets_at }, text("room.move")) : null,
  ];
}

function section(parent, tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  parent.append(element);
  return element;
}
