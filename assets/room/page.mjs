/* `/room/<matter id>`: one consultation, followed as it goes on. `/room`: the rooms that wait for this person. */

import { paint } from "../wall/paint.mjs";
import { el } from "../wall/element.mjs";
import { Away, idempotencyKey, Refused } from "../hand/api.mjs";
import { InboxConnection } from "../hand/connection.mjs";
import { FingerWatch } from "../hand/finger.mjs";
import { readable } from "../live/address.mjs";
import { text } from "../live/catalogue.mjs";
import { Composer } from "./composer.mjs";
import { RoomDialog } from "./dialog.mjs";
import { FORMS } from "./forms.mjs";
import { headView, pressingView } from "./head_view.mjs";
import { listView, openView } from "./list_view.mjs";
import { Minutes } from "./minutes.mjs";
import { joined, lastNo } from "./news.mjs";
import { bookingsView, decisionsView, filesView, participantsView } from "./side_view.mjs";
import { Talk } from "./talk.mjs";
import { Viewer } from "./viewer.mjs";

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
    this.matter = readable(location.pathname.split("/")[2] ?? "");
    this.head = section(main, "header", "room-head");
    this.pressing = section(main, "div", "room-press");
    this.tabs = section(main, "nav", "room-tabs");
    const talk = section(main, "section", "room-talk");
    this.talk = new Talk(talk, { onRead: (no) => this.#read(no) });
    this.side = section(main, "aside", "room-side");
    this.decided = section(this.side, "section", "hand-card room-decided");
    this.people = section(this.side, "section", "hand-card room-people-card");
    this.dialog = new RoomDialog(main);
    this.viewer = new Viewer(main);
    this.minutes = new Minutes(this.side, hand);
    this.finger = new FingerWatch(this.side, () => this.#show());
    this.composer = new Composer(talk, { hand, store: hand.store, say: (...said) => this.#say(...said) });
  }

  async start() {
    const { main } = this.hand;
    main.addEventListener("click", (event) => this.#clicked(event));
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
    const kept = { get: (name) => store.get(`room:${room.id}:${name}`), keep: (name, value) => store.keep(`room:${room.id}:${name}`, value) };
    const has = (view) => (view ? `&since=${lastNo(view)}` : "");
    const connection = new InboxConnection({ api, clock, store: kept, queue, path: `/api/v1/rooms/${room.id}`, join: joined, has });
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
  }

  #show() {
    const view = this.#view;
    if (!view || this.finger.isDown) return;
    const { main, clock } = this.hand;
    const now = clock.now();
    paint(this.head, headView(view, now));
    paint(this.pressing, [pressingView(view, now)]);
    paint(this.tabs, TABS.map((tab) => tabButton(tab, main.dataset.tab, view)));
    paint(this.decided, [...decisionsView(view, now), ...filesView(view)]);
    paint(this.people, [...participantsView(view, now), ...bookingsView(view, now)]);
    this.minutes.show(view, now);
    this.composer.show(view.me.may.includes("speak_in_room"));
    this.talk.show(view, now);
    clock.paintClocks(main);
  }

  /* Only what stood on a page in front of somebody counts as read; what the device kept was read before. */
  async #read(no) {
    if (this.isKept || no <= this.#readNo) return;
    const before = this.#readNo;
    this.#readNo = no;
    try {
      await this.#post(`/api/v1/rooms/${this.room}/reads`, { up_to: no });
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
    const pressed = event.target.closest("button[data-tab], button[data-goto]");
    const tab = pressed?.dataset.tab ?? pressed?.dataset.goto;
    if (tab && TABS.includes(tab)) {
      this.hand.main.dataset.tab = tab;
      this.finger.release();
      this.#show();
      return;
    }
    const picture = event.target.closest("[data-picture]");
    if (picture) {
      event.preventDefault(); // looked at first; the download has its own button there
      this.viewer.open(this.#view.attachments.filter((one) => one.has_preview), picture.dataset.picture);
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
      this.dialog.open(FORMS[act]({ room: this.room, facts, participants: this.#view.participants, data: { ...data }, specialists, now: clock.now(), post: onceEach(api) }));
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

/* What waits behind a tab stands on it: decisions that are not done, people who have not looked. */
function tabButton(tab, chosen, view) {
  const waiting = {
    decided: view.decisions.filter((one) => one.completed_at === null).length,
    people: view.participants.filter((one) => one.left_at === null && one.read_no < view.room.last_no).length,
  }[tab];
  return el(
    "button",
    { type: "button", "data-tab": tab, "aria-pressed": chosen === tab ? "true" : "false" },
    text(`room.tab.${tab}`),
    waiting ? el("b", {}, ` ${waiting}`) : null,
  );
}

function section(parent, tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  parent.append(element);
  return element;
}
