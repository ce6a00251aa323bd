/* What a tap on a button does: at once, or through a form; always into the queue that keeps it before it is sent. */

import { text } from "../live/catalogue.mjs";
import { idempotencyKey } from "../hand/api.mjs";
import { claimText } from "../hand/claim.mjs";
import { timeText } from "../hand/clock.mjs";
import { stepText } from "./detail_view.mjs";
import { fieldsOf } from "./fields.mjs";

const ETA_MINUTES = [5, 10, 15, 20, 30];
const MINUTE_MS = 60_000;
const MOST_NAMES = 4;

export class Acts {
  constructor(hand, form, { position, refresh }) {
    Object.assign(this, { hand, form, position, refresh });
  }

  /* `asked` are the button's data-*; `about` is {item, detail, command}. */
  begin(asked, about) {
    const begin = {
      answer: () => this.#answer(asked.to, about),
      leave: () => this.#add({ kind: "leave", command_id: about.command.id }),
      step: () => this.#step(asked, about),
      note: () => this.#note(about),
      register: () => this.#register(about),
      replace: () => this.#replace(asked.person, about),
      complete: () => this.#complete(Number(asked.item), about),
      supervision: () => this.#supervision(asked.supervision, about),
      reveal: () => this.#reveal(about),
    }[asked.do];
    begin?.();
  }

  /* The server confirmed something: a claimed arrival needs words of its own. */
  done(entry, value) {
    const claim = value?.claim;
    if (!claim) return;
    const { within_m: within, who, who_en } = claim;
    this.hand.notice(text("unit.claim.told", { why: claimText(claim, text), within, who, who_en }));
  }

  #add(item) {
    return this.hand.queue.add(item);
  }

  #answer(to, { command }) {
    if (to === "accepted") return this.#add({ kind: "answer", command_id: command.id, stage: "accepted" });
    if (to === "en_route") return this.#enRoute(command);
    if (to === "arrived") return this.#arrived(command);
    const name = to === "declined" ? "reason" : "result";
    return this.form.open({
      id: `${command.id}:${to}`,
      title: text(`unit.answer.${to}`),
      note: text(`unit.${to}.note`),
      send: text(`unit.answer.${to}`),
      fields: fieldsOf([name]).map((field) => ({ ...field, label: text(`unit.field.${to}`) })),
      onSend: (values) => this.#add({ kind: "answer", command_id: command.id, stage: to, ...values }),
    });
  }

  #enRoute(command) {
    return this.form.open({
      id: `${command.id}:en_route`,
      title: text("unit.answer.en_route"),
      send: text("unit.answer.en_route"),
      fields: [
        {
          name: "eta", kind: "choice", label: text("unit.field.eta"), isRequired: true, shownWhen: null,
          options: ETA_MINUTES.map((minutes) => [String(minutes), text("unit.minutes", { minutes })]),
        },
      ],
      onSend: ({ eta }) =>
        this.#add({ kind: "answer", command_id: command.id, stage: "en_route", eta_at: this.hand.clock.now() + Number(eta) * MINUTE_MS }),
    });
  }

  /* Who came is asked with the arrival of a whistle; the position is asked of the device and may be missing. */
  async #arrived(command) {
    const asking = this.position();
    if (command.kind !== "whistle") {
      await this.#sendArrival(command, asking, []);
      return;
    }
    await this.form.open({
      id: `${command.id}:arrived`,
      title: text("unit.answer.arrived"),
      note: text("unit.arrived.note"),
      send: text("unit.answer.arrived"),
      fields: nameFields(),
      onSend: (values) => this.#sendArrival(command, asking, named(values)),
    });
  }

  async #sendArrival(command, asking, register) {
    this.hand.notice(text("hand.place.asking"));
    const place = await asking;
    this.hand.notice(place.why ? text(`hand.place.${place.why}`) : "");
    const where = place.why ? {} : place;
    await this.#add({ kind: "answer", command_id: command.id, stage: "arrived", ...where, ...(register.length ? { register } : {}) });
  }

  #step({ act, to }, { item, detail }) {
    const { matter } = item;
    const step = matter.next.find((each) => each.act === act && each.to === to);
    const fields = fieldsOf(step.required, step.optional);
    const send = (values) => this.#add({ kind: "step", matter_id: matter.id, to, fields: values, expected_version: matter.version });
    if (fields.length === 0) return send({});
    const rule = act === "return" ? detail?.returning : null;
    return this.form.open({
      id: `${matter.id}:${act}`,
      title: stepText(act),
      note: rule ? text("unit.return_rule", { time: timeText(rule.until_at, this.hand.clock.now()), count: rule.returned, most: rule.most }) : "",
      send: stepText(act),
      fields,
      onSend: send,
    });
  }

  #note({ item }) {
    return this.form.open({
      id: `${item.id}:note`,
      title: text("unit.note"),
      send: text("unit.note"),
      fields: [{ name: "text", kind: "long", label: text("unit.field.note"), isRequired: true, shownWhen: null }],
      onSend: (values) => this.#add({ kind: "note", matter_id: item.id, ...values }),
    });
  }

  #supervision(id, { item }) {
    return this.form.open({
      id: `${item.id}:supervision:${id}`,
      title: text("unit.supervision.answer"),
      send: text("unit.supervision.answer"),
      fields: [{ name: "text", kind: "long", label: text("unit.field.supervision"), isRequired: true, shownWhen: null }],
      onSend: (values) => this.#add({ kind: "supervision", matter_id: item.id, supervision_id: id, ...values }),
    });
  }

  #register({ command }) {
    return this.form.open({
      id: `${command.id}:register`,
      title: text("unit.register.add"),
      send: text("unit.register.send"),
      fields: nameFields(),
      onSend: (values) => this.#add({ kind: "register", command_id: command.id, register: named(values) }),
    });
  }

  #replace(leaving, { command }) {
    const others = command.register.filter((person) => person.left_at === null && person.id !== leaving);
    const goes = command.register.find((person) => person.id === leaving);
    return this.form.open({
      id: `${command.id}:replace:${leaving}`,
      title: text("unit.replace_title", { name: goes?.name ?? "" }),
      note: text("unit.replace.note"),
      send: text("unit.replace"),
      fields: [
        {
          name: "taking_over", kind: "choice", label: text("unit.field.taking_over"), isRequired: true, shownWhen: null,
          options: others.map((person) => [person.id, person.name]),
        },
        { name: "reason", kind: "line", label: text("field.reason"), isRequired: false, shownWhen: null },
      ],
      onSend: (values) => this.#add({ kind: "replace", command_id: command.id, leaving, ...values }),
    });
  }

  #complete(item, { command }) {
    return this.form.open({
      id: `${command.id}:complete:${item}`,
      title: text("unit.complete"),
      note: command.agenda.find((one) => one.item === item)?.decision ?? "",
      send: text("unit.complete"),
      fields: [{ name: "result", kind: "long", label: text("unit.field.done"), isRequired: true, shownWhen: null }],
      onSend: (values) => this.#add({ kind: "complete", command_id: command.id, item, ...values }),
    });
  }

  /* Shown once, never kept: not in the queue, not in the store. */
  #reveal({ item }) {
    return this.form.open({
      id: `${item.id}:reveal`,
      title: text("unit.reveal"),
      note: text("unit.reveal.note"),
      send: text("unit.reveal"),
      fields: fieldsOf(["reason"]),
      onSend: async ({ reason }) => {
        const path = `/api/v1/own/matters/${encodeURIComponent(item.id)}/citizen`;
        const { value } = await this.hand.api.post(path, { reason }, { key: idempotencyKey() });
        this.hand.notice([value.name, value.phone, value.address].filter(Boolean).join(" "));
      },
    });
  }
}

function nameFields() {
  return Array.from({ length: MOST_NAMES }, (_, place) => [
    {
      name: `name_${place}`, kind: "line", longest: 40, isRequired: place === 0, shownWhen: null,
      label: text("unit.field.name", { number: place + 1 }),
    },
    { name: `post_${place}`, kind: "line", longest: 40, isRequired: false, shownWhen: null, label: text("unit.field.post") },
  ]).flat();
}

function named(values) {
  return Array.from({ length: MOST_NAMES }, (_, place) => ({ name: values[`name_${place}`], post: values[`post_${place}`] ?? "" }))
    .filter(({ name }) => name);
}
