/** What is behind the picture: events, topics, rows, alerts. */

import { clock, el, span, words } from './dom.js';
import { plain, runner, seldom } from './feed.js';
import { SPANS, STAGES, fate, took } from './store.js';

/** So many events and alerts are listed. */
const SHOWN = 60;

/** What is shown of tables and alerts is at most about so old, in milliseconds. */
const REFRESH = 400;

/** Tabs as the ARIA practices have them: arrows move between them. */
export class Tabs {
  constructor(root, opened) {
    this.tabs = [...root.querySelectorAll('[role=tab]')];
    for (const tab of this.tabs) {
      tab.addEventListener('click', () => this.open(tab));
      tab.addEventListener('keydown', (event) => this.#key(event));
    }
    this.opened = opened;
    this.open(this.tabs[0]);
  }

  get current() {
    return this.tabs.find((tab) => tab.ariaSelected === 'true').dataset.tab;
  }

  open(tab) {
    for (const each of this.tabs) {
      const chosen = each === tab;
      each.setAttribute('aria-selected', String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      document.getElementById(each.getAttribute('aria-controls')).hidden = !chosen;
    }
    this.opened(tab.dataset.tab);
  }

  show(name) {
    this.open(this.tabs.find((tab) => tab.dataset.tab === name));
  }

  #key(event) {
    const { length } = this.tabs;
    const at = this.tabs.indexOf(event.currentTarget);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + length, Home: 0, End: length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = this.tabs[to % length];
    this.open(tab);
    tab.focus();
  }
}

/** The last events, and one of them whole. */
export class Events {
  #store;
  #rows = new Map();
  #chosen;
  /** Whether something is new of it. */
  #changed = false;
  /** Whether the chosen record was seen in its partition when it was drawn last. */
  #seen = false;
  #follow;
  #later = seldom(() => {
    this.#list();
    if (this.#changed) this.#detail(false);
  }, 120);

  constructor(store) {
    this.#store = store;
    this.body = document.getElementById('events');
    this.detail = document.getElementById('event');
    store.addEventListener('stage', ({ detail }) => {
      if (detail.record === this.#chosen) this.#changed = true;
      if (detail.record.eventId !== undefined && detail.record.eventId === this.#follow) this.choose(detail.record);
      this.#later();
    });
  }

  /** Shows this event, as soon as its record is seen. */
  follow(eventId) {
    this.#follow = eventId;
    const record = this.#store.record(eventId);
    if (record) this.choose(record);
  }

  choose(record, byHand = false) {
    if (byHand) this.#follow = undefined;
    const isNew = this.#chosen !== record;
    this.#chosen = record;
    if (isNew) this.#open();
    this.#detail(isNew);
    this.#later();
  }

  #list() {
    const records = [...this.#store.records.values()].slice(-SHOWN).reverse();
    document.getElementById('no-events').hidden = records.length > 0;
    const keys = new Set(records.map(({ key }) => key));
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      // Who stands on a row, or looks at its event, keeps it, below the last ones.
      if (row.record === this.#chosen || row.node.contains(document.activeElement)) {
        row.update();
        continue;
      }
      row.node.remove();
      this.#rows.delete(key);
    }
    let after = null;
    for (const record of records) {
      let row = this.#rows.get(record.key);
      if (row === undefined) {
        row = this.#row(record);
        this.#rows.set(record.key, row);
      }
      row.update();
      const place = after ? after.nextSibling : this.body.firstChild;
      if (place !== row.node) this.body.insertBefore(row.node, place);
      after = row.node;
    }
  }

  #row(record) {
    const first = record.at.published ?? record.at.batched;
    const button = el('button', { type: 'button', class: 'link', onclick: () => this.choose(record, true) }, words(record.topic));
    const spans = SPANS.map(() => el('td', { class: 'number' }));
    const pill = el('span', { class: 'pill' });
    const node = el(
      'tr',
      {},
      el('th', { scope: 'row' }, button, el('small', {}, record.customerId ?? 'nobody’s')),
      el('td', {}, el('time', {}, clock(first)), el('small', {}, `P${record.partition}, offset ${record.offset}`)),
      spans,
      el('td', {}, pill),
    );
    const update = () => {
      SPANS.forEach(({ name }, index) => {
        const value = took(record, name);
        spans[index].textContent = span(value);
        spans[index].dataset.tone = value === undefined ? '' : value <= this.#store.target(record.topic, name) ? 'met' : 'late';
      });
      const [word, text] = fate(record);
      pill.textContent = text;
      pill.dataset.fate = word;
      const chosen = record === this.#chosen;
      node.classList.toggle('chosen', chosen);
      button.setAttribute('aria-pressed', String(chosen));
    };
    return { record, node, update };
  }

  /** A place for a record: what is new of it changes one part, so that a person can read and copy the other. */
  #open() {
    this.about = el('div');
    this.raw = el('pre', { tabIndex: 0, role: 'region', 'aria-label': 'The raw record' }, '…');
    this.detail.replaceChildren(this.about, el('h4', {}, 'Raw record'), this.raw);
  }

  #detail(isNew) {
    const record = this.#chosen;
    this.#changed = false;
    const stages = STAGES.filter(([stage]) => record.at[stage] !== undefined).sort(([a], [b]) => record.at[a] - record.at[b]);
    const [start, end] = [record.at[stages[0][0]], record.at[stages.at(-1)[0]]];
    const whole = Math.max(end - start, 0.1);
    const items = stages.map(([stage, text], index) => {
      const at = record.at[stage];
      const before = index === 0 ? at : record.at[stages[index - 1][0]];
      const bar = el('span', { class: 'bar' }, el('i', { dataset: { stage } }));
      bar.firstChild.style.insetInlineStart = `${((before - start) / whole) * 100}%`;
      bar.firstChild.style.inlineSize = `max(3px, ${((at - before) / whole) * 100}%)`;
      return el('li', {}, el('span', {}, text), bar, el('span', { class: 'number' }, index === 0 ? clock(at) : `+${span(at - start)}`));
    });
    const [word, text] = fate(record);
    const place = `${record.topic}, partition ${record.partition}, offset ${record.offset}`;
    const head = el(
      'header',
      {},
      el('h3', {}, words(record.topic), ' ', el('span', { class: 'pill', dataset: { fate: word } }, text)),
      el('p', {}, el('code', {}, record.eventId ?? 'no event id'), el('br', {}), place),
    );
    const notes = record.quarantined
      ? [el('p', { class: 'note' }, `Set aside whole in error-logs, and support was told: ${record.quarantined}. Its partition goes on.`)]
      : [];
    const timeline = el('ol', { class: 'timeline' }, items);
    const told = record.alerts.map((detail) => el('p', { class: 'note plain' }, detail));
    // Whoever watches the partition may see the record later than its consumer does; before that there is none to show.
    const seen = record.at.published !== undefined;
    if (isNew || (seen && !this.#seen)) void this.#raw(record, this.raw, seen);
    this.#seen = seen;
    this.about.replaceChildren(head, ...notes, timeline, ...told);
  }

  async #raw(record, into, seen) {
    try {
      const records = await runner.records(record.topic);
      const found = records.find(({ partition, offset }) => partition === record.partition && offset === record.offset);
      if (!found) {
        // The answer to an earlier question.
        if (!seen && this.#seen) return;
        into.textContent = seen ? 'Too long ago: the runner keeps the last records only.' : 'Not seen in its partition yet.';
        return;
      }
      const headers = Object.entries(found.headers).map(([name, value]) => `${name}: ${value}`);
      into.textContent = [`key: ${found.key ?? '–'}`, ...headers, '', pretty(found.value)].join('\n');
    } catch (error) {
      into.textContent = error.message;
    }
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text ?? '(no value)';
  }
}

/** Lag, errors and latencies of each topic. */
export class Topics {
  #rows = new Map();

  constructor(about, store) {
    this.store = store;
    const body = document.getElementById('topics');
    for (const topic of about.model.topics) {
      const name = topic.name.name;
      const cells = Array.from({ length: 5 + SPANS.length }, () => el('td', { class: 'number' }));
      this.#rows.set(name, cells);
      body.append(el('tr', {}, el('th', { scope: 'row' }, name), cells));
    }
  }

  update(state) {
    for (const [name, cells] of this.#rows) {
      const { end = {}, totalLag = 0, quarantined = 0, mapping } = state.topics[name] ?? {};
      const records = Object.values(end).reduce((sum, offset) => sum + offset, 0);
      const dead = mapping?.dead_letters ?? mapping?.deadLetters ?? 0;
      const plainCells = [records, totalLag, mapping?.failures ?? 0, quarantined, dead];
      plainCells.forEach((value, index) => {
        cells[index].textContent = String(value);
        cells[index].dataset.tone = index > 0 && value > 0 ? 'late' : '';
      });
      SPANS.forEach((each, index) => {
        const { p50, p99, count, target, late } = this.store.numbers(name, each.name);
        const cell = cells[5 + index];
        if (count === 0) cell.textContent = '–';
        else cell.replaceChildren(span(p50), el('small', {}, `99 %: ${span(p99)}`), el('small', {}, `target ${span(target)}`));
        cell.dataset.tone = count === 0 ? '' : late ? 'late' : 'met';
      });
    }
  }
}

/** The rows of one table. */
export class Tables {
  #about;
  #chosen;
  #load = seldom(() => this.load(), REFRESH);
  /** How many rows each has. */
  counts = {};

  constructor(about, store, isShown) {
    this.#about = about;
    this.isShown = isShown;
    this.nav = document.getElementById('table-names');
    this.head = document.getElementById('rows-head');
    this.body = document.getElementById('rows');
    this.buttons = new Map();
    for (const table of about.model.tables) {
      const real = about.names.tables[table.name.name];
      const count = el('span', { class: 'count' });
      const button = el('button', { type: 'button', 'aria-pressed': 'false', onclick: () => this.choose(table) }, real, count);
      this.buttons.set(real, { button, count, table });
      this.nav.append(button);
    }
    store.addEventListener('stage', () => this.later());
    this.choose(about.model.tables[0]);
  }

  choose(table) {
    this.#chosen = table;
    for (const { button, table: each } of this.buttons.values()) button.setAttribute('aria-pressed', String(each === table));
    void this.load();
  }

  update({ tables }) {
    for (const [name, { count }] of this.buttons) count.textContent = String(tables[name] ?? '');
    this.counts = tables;
  }

  later() {
    if (this.isShown()) this.#load();
  }

  /** Columns as the manifest lists the fields of the topics that write the table. */
  #order(table) {
    const writers = this.#about.model.topics.filter((topic) => topic.consumer?.table === table.name.name);
    const names = writers.flatMap((topic) => topic.fields.map((field) => field.name.name));
    return new Map([...new Set(names)].map((name, index) => [name, index]));
  }

  async load() {
    const table = this.#chosen;
    const name = this.#about.names.tables[table.name.name];
    const rows = await runner.rows(name).catch(() => undefined);
    // What is shown stays where the runner doesn't answer.
    if (rows === undefined || table !== this.#chosen) return;
    const items = rows.map((item) => plain({ M: item }));
    const keys = [table.key.name, table.sort?.name].filter(Boolean);
    const others = [...new Set(items.flatMap((item) => Object.keys(item)))].filter((column) => !keys.includes(column));
    // The runtime's own marks come last.
    const order = this.#order(table);
    const rank = (column) => (order.has(column) ? order.get(column) : order.size + Number(column.startsWith('_')));
    others.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    const columns = [...keys, ...others];
    this.head.replaceChildren(el('tr', {}, columns.map((column) => el('th', { scope: 'col' }, column))));
    this.body.replaceChildren(...items.reverse().map((item) => el('tr', {}, columns.map((column) => cell(item[column])))));
    document.getElementById('no-rows').hidden = items.length > 0;
    document.getElementById('rows-table').hidden = items.length === 0;
    const all = Math.max(this.counts[name] ?? 0, items.length);
    const counted = `${all} row${all === 1 ? '' : 's'}`;
    document.getElementById('rows-caption').textContent =
      all > items.length ? `${name}: the newest ${items.length} of ${counted}` : `${name}: ${counted}`;
  }
}

function cell(value) {
  const text = value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return el('td', { title: text.length > 40 ? text : undefined }, text.length > 120 ? `${text.slice(0, 120)}…` : text);
}

/** What the channels were told. */
export class Alerts {
  #load = seldom(() => this.load(), REFRESH);

  constructor(isShown) {
    this.isShown = isShown;
    this.list = document.getElementById('alerts');
    this.known = 0;
  }

  later() {
    if (this.isShown()) this.#load();
  }

  async load() {
    const alerts = await runner.alerts().catch(() => undefined);
    // What is shown stays where the runner doesn't answer.
    if (alerts === undefined) return;
    this.known = alerts.length;
    document.getElementById('no-alerts').hidden = alerts.length > 0;
    this.list.replaceChildren(
      ...alerts.slice(-SHOWN).reverse().map(({ at, channel, subject, message, to }) =>
        el(
          'li',
          {},
          el('header', {}, el('b', {}, subject ?? channel), el('code', {}, channel), el('time', {}, clock(at))),
          el('p', { class: 'plain' }, message),
          to.length > 0 ? el('p', { class: 'hint' }, `Told: ${to.join(', ')}`) : null,
        ),
      ),
    );
  }
}
