/** The journey: a step for each topic that has a producer, each with its form, and what became of it. */

import { announce, busy, describe, el, isBusy, label, span, words } from './dom.js';
import { Form } from './form.js';
import { took } from './store.js';
import { Traveller, travel } from './traveller.js';

/** A person who watches sees each step before the next one begins, in milliseconds. */
const PAUSE = 900;

export class Journey {
  #about;
  #store;
  #select;
  #types;
  #topics;
  #steps = [];
  #traveller;
  #running = false;

  /** @param select Shows a record, by its event's id. */
  constructor(about, store, select) {
    this.#about = about;
    this.#store = store;
    this.#select = select;
    this.#types = new Map(about.model.types.map((type) => [type.name.name, type]));
    this.#topics = about.model.topics.filter((topic) => topic.producer);
    this.list = document.getElementById('steps');
    this.whole = document.getElementById('whole');
    this.crowd = document.getElementById('crowd');
    this.said = document.getElementById('journey-said');
    this.whole.addEventListener('click', () => void this.#run());
    this.crowd.addEventListener('click', () => void this.#crowd());
    document.getElementById('anew').addEventListener('click', () => {
      this.begin();
      announce('A new customer');
      this.#steps[0]?.open();
    });
    store.addEventListener('stage', ({ detail }) => this.#staged(detail.record));
    this.begin();
  }

  /** A new customer, at the first step. */
  begin() {
    this.#traveller?.leave();
    this.#running = false;
    const traveller = new Traveller(this.#about);
    this.#traveller = traveller;
    traveller.addEventListener('state', ({ detail }) => this.#connection(traveller, detail));
    traveller.addEventListener('push', ({ detail }) => this.#pushed(detail));
    const { firstName, lastName } = traveller.who;
    document.getElementById('customer').textContent = `${firstName} ${lastName}`;
    document.getElementById('initials').textContent = firstName[0] + lastName[0];
    document.getElementById('customer-id').textContent = traveller.customerId ?? 'named by the first answer';
    if (!traveller.client) this.#connection(traveller, { status: 'idle' });
    this.#steps = this.#topics.map((topic, index) => {
      const carried = this.#carried(topic, index);
      return new Step(topic, index, { types: this.#types, traveller, carried, sent: (step) => this.#sent(step) });
    });
    this.list.replaceChildren(...this.#steps.map((step) => step.node));
    this.#steps[0]?.open();
  }

  /** Ids that an earlier step's answer brings: no work for a person. */
  #carried(topic, index) {
    const computed = this.#topics.slice(0, index).flatMap((earlier) => earlier.fields.filter((field) => field.computed));
    const ids = new Set(computed.filter((field) => field.ty.type === 'uuid').map((field) => field.name.name));
    return topic.fields.map((field) => field.name.name).filter((name) => ids.has(name));
  }

  #connection(traveller, state) {
    if (traveller !== this.#traveller) return;
    const texts = {
      idle: 'not listening yet',
      connecting: 'connecting…',
      open: 'listening',
      waiting: 'connection lost, trying again',
      closed: 'closed',
    };
    const node = document.getElementById('socket');
    node.textContent = texts[state.status];
    node.dataset.status = state.status;
    document.getElementById('customer-id').textContent = traveller.customerId ?? 'named by the first answer';
  }

  /** To those who see the page, and to those who listen to it. */
  #say(text, urgent = false) {
    this.said.textContent = text;
    announce(text, urgent);
  }

  async #sent(step) {
    // The first answer names the customer where a token is needed.
    document.getElementById('customer-id').textContent = this.#traveller.customerId ?? '';
    this.#select(step.eventId);
    if (!step.topic.push) this.#after(step);
  }

  #pushed(event) {
    const step = this.#steps.find((each) => each.eventId === event.id) ?? this.#steps.find((each) => each.awaits(event));
    if (step === undefined) return;
    step.arrived(event, this.#store.record(event.id));
    announce(`${step.title}: the browser was told. ${step.said}`);
    this.#after(step);
  }

  #after(step) {
    const next = this.#steps[this.#steps.indexOf(step) + 1];
    if (next && !this.#running) next.open();
  }

  #staged(record) {
    const step = this.#steps.find((each) => each.eventId !== undefined && each.eventId === record.eventId);
    step?.timed(record);
  }

  /** Sends every step that is left, one after the other. */
  async #run() {
    if (isBusy(this.whole)) return;
    if (this.#steps.every((step) => step.isDone)) this.begin();
    const traveller = this.#traveller;
    this.#running = true;
    busy(this.whole, true);
    this.said.textContent = '';
    try {
      for (const step of this.#steps.filter((each) => !each.isDone)) {
        step.open(false);
        if (!step.isFilled) step.complete();
        await pause(PAUSE);
        if (traveller !== this.#traveller) return;
        if (!(await step.send())) return;
        if (step.topic.push) await traveller.push(step.eventId);
      }
      this.#say('The journey is complete');
    } catch (error) {
      this.#say(error.message, true);
    } finally {
      this.#running = false;
      busy(this.whole, false);
    }
  }

  async #crowd() {
    const many = 20;
    if (isBusy(this.crowd)) return;
    if (this.#store.brokerDown) {
      this.#say('The broker is down: nobody would get through.', true);
      return;
    }
    busy(this.crowd, true);
    this.#say(`${many} customers are on their way`);
    const results = await Promise.allSettled(Array.from({ length: many }, () => travel(this.#about, this.#topics)));
    const arrived = results.filter(({ status }) => status === 'fulfilled').length;
    const late = results.find(({ status }) => status === 'rejected');
    const why = late ? `. The first who did not: ${late.reason.message}` : '';
    this.#say(`${arrived} of ${many} customers completed the journey${why}`, late !== undefined);
    busy(this.crowd, false);
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** One step. */
class Step {
  eventId;
  isDone = false;
  isFilled = false;
  said = '';

  constructor(topic, index, { types, traveller, carried, sent }) {
    this.topic = topic;
    this.traveller = traveller;
    this.carried = carried;
    this.sent = sent;
    this.title = words(topic.producer.function.name);
    const left = new Set([topic.key.name, ...carried]);
    const fields = topic.fields.filter((field) => !left.has(field.name.name));
    this.form = new Form(fields, types);
    this.button = el('button', { type: 'submit', class: 'primary' }, 'Send');
    this.badge = el('span', { class: 'badge', dataset: { state: 'next' } });
    this.result = el('dl', { class: 'result' });
    const example = el('button', { type: 'button', onclick: () => this.fill() }, 'Fill in an example');
    const form = el(
      'form',
      {
        noValidate: true,
        'aria-label': this.title,
        onsubmit: (event) => {
          event.preventDefault();
          void this.send();
        },
      },
      this.form.node,
      el('div', { class: 'actions' }, this.button, example),
    );
    this.body = el('details', { class: 'step', name: 'journey' },
      el(
        'summary',
        {},
        el('span', { class: 'number', 'aria-hidden': 'true' }, String(index + 1)),
        el('span', { class: 'what' }, el('b', {}, this.title), this.badge, el('code', {}, `${topic.producer.method} ${topic.producer.path}`)),
      ),
      el('p', { class: 'about' }, topic.description),
      form,
    );
    this.node = el('li', { dataset: { topic: topic.name.name } }, this.body, this.result);
  }

  open(focus = true) {
    const inside = document.getElementById('steps').contains(document.activeElement);
    this.body.open = true;
    for (const other of document.querySelectorAll('#steps details.step')) if (other !== this.body) other.open = false;
    // Whoever works in the form goes on there; others keep their place.
    if (focus && inside) this.body.querySelector('summary').focus();
  }

  fill() {
    this.isFilled = true;
    this.form.fill(this.traveller.who, this.traveller.known);
    this.#offer();
  }

  /** What is still empty is filled as in an example. */
  complete() {
    this.form.complete(this.traveller.who, this.traveller.known);
    this.#offer();
  }

  #offer() {
    for (const [name, choices] of this.traveller.choices) this.form.offer(name, choices);
  }

  /** Whether it was accepted. */
  async send() {
    if (isBusy(this.button)) return false;
    const { known } = this.traveller;
    const carried = this.carried.filter((name) => name in known).map((name) => [name, known[name]]);
    const request = { ...Object.fromEntries(carried), ...this.form.value() };
    this.#offer();
    this.form.clear();
    busy(this.button, true);
    this.say('sending', 'Sending…');
    try {
      // The same again makes no second event, whatever became of the first try.
      const again = this.failed?.text === JSON.stringify(request) ? this.failed.key : undefined;
      this.failed = undefined;
      const answer = await this.traveller.send(this.topic, request, again);
      // The push may be faster than the answer.
      if (this.eventId !== answer.eventId) this.say('sent', 'In Kafka, on its way');
      this.eventId = answer.eventId;
      this.sent(this);
      return true;
    } catch (error) {
      this.say('failed', error.status ? `Refused: ${error.status}` : 'No answer');
      this.form.fail(error.message, error.violations ?? []);
      if (error.retryable) this.failed = { text: JSON.stringify(request), key: error.problem?.idempotencyKey };
      return false;
    } finally {
      busy(this.button, false);
    }
  }

  /** A push of this step that came before its answer. */
  awaits(event) {
    return isBusy(this.button) && event.topic === this.topic.name.name;
  }

  arrived(event, record) {
    this.isDone = true;
    this.eventId = event.id;
    const { status } = event.data;
    this.said = status ? label(String(status)) : 'Delivered';
    this.tone = /REJECT|INCOMPLETE|REVIEW|FAIL|ERROR/.test(status ?? '') ? 'warn' : 'done';
    this.button.textContent = 'Send again';
    this.result.replaceChildren(...outcome(this.topic, event.data));
    this.timed(record);
  }

  timed(record) {
    if (!this.isDone) return;
    const time = record && took(record, 'end');
    this.say(this.tone, time === undefined ? this.said : `${this.said} · ${span(time)}`);
  }

  say(state, text) {
    this.badge.dataset.state = state;
    this.badge.textContent = text;
  }
}

/** What the rule found out, as far as a browser may know it: neither ids nor times. */
function outcome(topic, data) {
  const found = topic.fields.filter((field) => field.computed && !['uuid', 'timestamp'].includes(field.ty.type));
  return found.flatMap(({ name: { name } }) => {
    const value = data[name];
    if (value === undefined || name === 'status' || value.length === 0) return [];
    const texts = Array.isArray(value) ? value.map(line) : [String(value)];
    return [el('dt', {}, words(name)), ...texts.map((text) => el('dd', {}, text))];
  });
}

function line(item) {
  if (typeof item !== 'object') return label(String(item));
  const [name, told] = describe(item);
  return name ? [el('b', {}, name), ` ${told}`] : told;
}
